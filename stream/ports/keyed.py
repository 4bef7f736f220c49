"""What the transactional runner asks of its processor: one record or timer of one key, as bytes in and out.

The runner keeps state encoded and knows nothing of what it means.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final, Literal, Protocol

from msgspec import Struct

from stream.ports.records import Outgoing, Record


class Unchanged(Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


UNCHANGED: Final[Literal[Unchanged.UNCHANGED]] = Unchanged.UNCHANGED
"""As a step's state: keep what is there."""

NEVER: Final = 1 << 62
"""As a wake time: no timer."""


class Step(Struct, frozen=True, gc=False):
    """What follows from one record or timer: the key's next state (None removes it), and what to publish."""

    state: bytes | Literal[Unchanged.UNCHANGED] | None = UNCHANGED
    outputs: Sequence[Outgoing] = ()


class KeyedFold(Protocol):
    """What one record does to its key's state, told as often as the record is met."""

    def handle(self, record: Record, state: bytes | None) -> Step:
        """Take one record. `state` is None where the key has none (always, for a record without a key)."""


class KeyedProcessor(Protocol):
    """Pure in the runner's eyes: called again with the same record after a failed transaction.

    A record's key names the state that it meets. An exception other than by these rules ends the process
    with the record's place in its message; nothing is lost.
    """

    def handle(self, record: Record, state: bytes | None) -> Step:
        """Take one record. `state` is None where the key has none (always, for a record without a key)."""

    def overflow(self, record: Record, state: bytes | None) -> Step:
        """Take a record whose `handle` led to something too large to publish: a bounded fallback."""

    def times(self, state: bytes) -> tuple[int, int]:
        """When `wake` is due for this state, or `NEVER`; and since when it has waited for an answer, or 0.

        Milliseconds since 1970. Called for every state that is committed or restored: be quick.
        """

    def wake(self, key: bytes, state: bytes, now: int) -> Step:
        """Act on a state whose time has come: its next state should be due after `now`."""
