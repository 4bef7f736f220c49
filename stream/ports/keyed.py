"""What is asked of a processor that keeps state: one record or timer of one key, as bytes in and out.

Whoever runs it, the gate's transactional runner or the ledger's agent, keeps state encoded and knows
nothing of what it means.
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
    """What one record does to its key's state. The ledger's agent asks no more than this.

    A record may come again, after a crash before its offset was committed: then it must change nothing.
    """

    def handle(self, record: Record, state: bytes | None) -> Step:
        """Take one record. `state` is None where the key has none (always, for a record without a key)."""


class KeyedProcessor(Protocol):
    """What the transactional runner asks; pure in its eyes: after a failed transaction it is called again.

    A record's key names the state that it meets. An exception other than by these rules ends the process
    with the record's place in its message; nothing is lost.
    """

    def handle(self, record: Record, state: bytes | None) -> Step:
        """Take one record. `state` is None where the key has none (always, for a record without a key)."""

    def overflow(self, record: Record, state: bytes | None) -> Step:
        """Take a record whose `handle` led to something too large to publish: a bounded fallback."""

    def head(self, state: bytes) -> tuple[int, int, int]:
        """What the runner must know of every state that is committed or restored: be quick.

        Returns:
            When `wake` is due, or `NEVER`, and since when it has waited for an answer, or 0: milliseconds
            since 1970. And the weight of the work that it waits for, or 0, in the processor's own unit.

        Raises:
            Unreadable: these bytes are no state that this processor wrote.
        """

    def kept(self, partition: int) -> bytes:
        """What to keep of a partition beside its keys' states, 100 kB or so at most: asked at each commit."""

    def restored(self, partition: int, kept: bytes) -> None:
        """Take back what was kept as of the partition's last commit, whoever made it; empty: nothing.

        What this process itself thinks of the partition is void.
        """

    def wake(self, key: bytes, state: bytes, now: int) -> Step:
        """Act on a state whose time has come: its next state should be due after `now`."""
