"""The words of the domain that more than one event uses."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.fields import MAX_CLAUSES, Jurisdiction, Millis, Name


class Effect(StrEnum):
    """What an open case does to its content: hides it, or only watches it."""

    HIDE = "hide"
    WATCH = "watch"


class Stage(StrEnum):
    """Who a case waits for."""

    AUTOMATIC = "automatic"
    PEOPLE = "people"


class Decision(StrEnum):
    """What the last verdict says about content. `unknown` never leaves the gate's own state."""

    HOLD = "hold"
    RELEASE = "release"
    REMOVE = "remove"
    DELETED = "deleted"
    UNKNOWN = "unknown"


class Origin(StrEnum):
    """What opened a case, or asked the strongest question about it since."""

    PUBLISH = "publish"
    EDIT = "edit"
    REPORT = "report"
    APPEAL = "appeal"
    STAFF = "staff"
    UNREADABLE = "unreadable"


class DecidedBy(StrEnum):
    """Who or what an outcome comes from."""

    RULE = "rule"
    CACHE = "cache"
    CLASSIFIER = "classifier"
    MODEL = "model"
    REVIEWER = "reviewer"
    STAFF = "staff"
    TIMEOUT = "timeout"

    @property
    def is_person(self) -> bool:
        """Whether a human being answers for it."""
        return self in _PEOPLE


_PEOPLE = frozenset({DecidedBy.REVIEWER, DecidedBy.STAFF})


class Effort(StrEnum):
    """How long the model may reason."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low to 2 for high, for comparison."""
        return _RANKS[self]


_RANKS = {Effort.LOW: 0, Effort.MEDIUM: 1, Effort.HIGH: 2}


class LabelKind(StrEnum):
    """How released content is restricted without being removed. `support` restricts nothing: offer help."""

    AGE_GATE = "age_gate"
    INTERSTITIAL = "interstitial"
    LIMITED_REACH = "limited_reach"
    REGION = "region"
    SUPPORT = "support"


class Label(Struct, frozen=True, omit_defaults=True):
    """One restriction on released content, with the clause it rests on.

    `regions` empty means everywhere; `expires_at` None means until another verdict.
    """

    kind: LabelKind
    clause: Name
    regions: Annotated[tuple[Jurisdiction, ...], Meta(max_length=300)] = ()
    expires_at: Millis | None = None


Labels = Annotated[tuple[Label, ...], Meta(max_length=MAX_CLAUSES)]
