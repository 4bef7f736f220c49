"""One answer under one policy, beside what people decided about the same text. Pure."""

from enum import StrEnum
from hashlib import sha256

from msgspec import Struct

from stream.core.judgement import Confidence
from stream.core.policy.calibration import Basis


class Would(StrEnum):
    """What the model would do by itself, had it every right."""

    RELEASE = "release"
    REMOVE = "remove"
    ASK = "ask"
    """Nothing: it is in doubt, failed, labels, or its author left the clause to people."""


class Truth(StrEnum):
    """What people said of the text under this policy."""

    REMOVED = "removed"
    LABELLED = "labelled"
    SAFE = "safe"
    ELSEWHERE = "elsewhere"
    """They removed it under another policy, and said nothing about this one."""
    NOBODY = "nobody"
    """Nobody has decided."""


class Row(Struct, frozen=True, kw_only=True):
    """An answer that counted, and its truth.

    Attributes:
        text: the digest of the text: a text counts once, however often it was posted.
        basis: what the answer was given under.
        first: what the first answer under this policy was given under: a flagged one is asked again, harder.
        random: drawn before anybody knew the answer.
        flagged: the model sent it to people, who decided that case.
    """

    text: str
    policy: str
    basis: Basis
    first: Basis
    would: Would
    truth: Truth
    confidence: Confidence = Confidence()
    random: bool = False
    flagged: bool = False

    @property
    def is_labelled(self) -> bool:
        """Whether people said something about it under this policy."""
        return self.truth not in (Truth.ELSEWHERE, Truth.NOBODY)

    @property
    def violates(self) -> bool:
        """Whether people would not release it without more ado."""
        return self.truth in (Truth.REMOVED, Truth.LABELLED)

    @property
    def chooses(self) -> bool:
        """Which half it lies in: that which chooses signal and threshold, or that which certifies them.

        By its text alone: a row never changes sides, so none that has chosen ever certifies, at any attempt.
        """
        return bool(sha256(b"calibration\xff" + self.text.encode()).digest()[0] & 1)
