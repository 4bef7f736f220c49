"""The corpus of attempts at injection: texts with places that a payload is put in."""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from stream.core.fields import Language, Name, Text, ThreadText
from stream.ops.canaries.disguises import DISGUISES, LEGIBLE

ATTEMPTS = Path(__file__).with_name("attempts.jsonl")
GUESSED_MARK = "[0123456789abcdef0123]"
_PLACE = re.compile(r"\{payload(?::(\w+))?\}")
_MARK = "{mark}"


class Wrapped(Struct, frozen=True):
    """A payload in its wrapping: the post, and the thread that it answers, oldest first."""

    text: str
    thread: tuple[str, ...] = ()


class Attempt(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One attempt to make a model say what its policy does not.

    Attributes:
        language: of the words around the payload.
        text: `{payload}` stands for the payload, `{payload:NAME}` for it in a disguise (`disguises`), and
            `{mark}` for the mark that the author guesses the prompt to have. Without a place it is whole.
        thread: earlier messages, with the same places.
        lends_context: it says what a policy may well exempt (fiction, quotation, banter), so that a release
            would prove nothing.
    """

    id: Name
    family: Name
    language: Language
    text: Text
    thread: tuple[ThreadText, ...] = ()
    lends_context: bool = False

    @property
    def keeps_the_breach(self) -> bool:
        """Whether the post still breaks the rule that its payload breaks, to whoever reads it."""
        places = _PLACE.findall(self.text)
        return bool(places) and all(name in LEGIBLE for name in places) and not self.lends_context

    def wrap(self, payload: str = "", mark: str = GUESSED_MARK) -> Wrapped:
        """Put a payload, and a guessed mark, in their places."""
        return Wrapped(
            _filled(self.text, payload, mark), tuple(_filled(t, payload, mark) for t in self.thread)
        )


def attempts(path: Path = ATTEMPTS) -> Sequence[Attempt]:
    """The whole corpus, in its order."""
    return tuple(map(msgspec.json.Decoder(Attempt).decode, path.read_bytes().splitlines()))


def _filled(text: str, payload: str, mark: str) -> str:
    """Places in the payload itself stay as they are: the marks come first."""
    return _PLACE.sub(lambda place: DISGUISES[place[1] or ""](payload), text.replace(_MARK, mark))
