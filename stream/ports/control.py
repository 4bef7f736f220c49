"""The topic `control`: how it is read, and what a processor asks of what it says."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from stream.core.control import PausedAction
from stream.ports.records import Record


class ControlLog(Protocol):
    """Reads `control` without a group: every replica has all of it."""

    def read(self) -> Sequence[Record]:
        """Everything that is there now, in the order of each partition; `follow` goes on from there.

        Raises:
            Unavailable: the broker does not answer within a bounded time.
            Misconfigured: the topic is not there, or not for this client.
        """

    def follow(self) -> Iterator[Record | None]:
        """What came since the last record that was read or followed, for ever; None now and then without any.

        May be called again after an error: nothing is left out.

        Raises:
            Misconfigured: the broker refuses this client.
        """

    def close(self) -> None:
        """Let the client go; `follow` must have ended."""


class Controls(Protocol):
    """What operators have told, as a processor asks at each record."""

    def paused(self, action: PausedAction, policies: Sequence[str], surface: str | None) -> str:
        """Why machines may not do this alone now; empty if they may. Never waits.

        Args:
            action: what would be done.
            policies: those concerned; one that is paused is enough.
            surface: where; None where nobody said, which meets pauses of every surface only.
        """

    def pauses_any(self, action: PausedAction) -> bool:
        """Whether machines may not do this somewhere, under some policy. Never waits."""
