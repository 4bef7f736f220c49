"""One partition while it is this member's."""

from collections import deque

from stream.ports import BEGINNING, Consumed, Partition, Position
from stream.runtime.concurrent.offsets import encode
from stream.runtime.concurrent.tracker import Tracker


class Assignment:
    """What was read of a partition and waits, what is open and done, and what was committed of it.

    Its identity is the epoch: a partition that goes and comes back is another assignment, and what
    still runs for the former one is stale.
    """

    __slots__ = ("committed", "live", "partition", "paused", "reading", "start", "told", "tracker", "waiting")

    def __init__(self, partition: Partition) -> None:
        """Begin without a place to read from: see `begin`."""
        self.partition = partition
        self.tracker = Tracker(0)
        self.waiting: deque[Consumed] = deque()
        self.live = True
        self.reading = False
        """Whether what the consumer delivers comes from the right place."""
        self.start: Position | None = None
        """Where to read from; None while the broker has not said what is committed."""
        self.paused = False
        self.committed: Position | None = None
        """The last position sent, or found, and not known to have failed."""
        self.told = 0
        """The tracker's changes as of that position."""

    def begin(self, committed: Position | None, done: frozenset[int] = frozenset()) -> None:
        """Take what the group has committed: nothing, or a position with what is done beyond it."""
        self.start = committed or Position(*self.partition, BEGINNING)
        self.tracker = Tracker(max(self.start.offset, 0), done)
        self.committed = committed
        self.told = 0

    def restart(self) -> None:
        """Begin anew at the first record retained: the place to read from is not in the log any more."""
        self.begin(None)
        self.reading = False

    def rewind(self) -> None:
        """Read again from the start: records of another assignment may lie among those read."""
        self.reading = False
        self.waiting.clear()

    def unsaid(self) -> Position | None:
        """The position to commit now, or None where the last one still says it all."""
        if self.tracker.changes in (0, self.told):
            return None
        self.told = self.tracker.changes
        base, beyond = self.tracker.position()
        position = Position(*self.partition, base, encode(base, beyond))
        if position == self.committed:
            return None
        self.committed = position
        return position

    def doubt(self) -> None:
        """The last commit failed: say the current state again, whether or not it has changed."""
        self.committed = None
        self.told = -1

    def drop(self) -> None:
        """The partition went: nothing of it counts here any more."""
        self.live = False
        self.waiting.clear()
