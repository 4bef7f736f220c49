"""How fresh a reader's state is: the last moment whose ends it has passed. Pure: times come from outside."""

from collections.abc import Mapping

from stream.core.reader import Ends
from stream.core.topics import COMPACTION_LAG

PASS_WITHIN_S = COMPACTION_LAG / 1000 / 2


class Freshness:
    """One moment at a time is waited for, so that a reader that is always a little behind still learns.

    A moment that took longer to reach than compaction lets records stand counts for nothing: a record
    that came before it may have been removed unread, by one that came after it. A newer one is taken.
    """

    def __init__(self) -> None:
        self._ahead: tuple[float, Ends] | None = None
        self._as_of: float | None = None

    @property
    def as_of(self) -> float | None:
        """The moment (monotonic, s) up to which everything was read; None before there is one."""
        return self._as_of

    def learn(self, asked: float, ends: Mapping[int, int]) -> None:
        """Hear where the partitions ended at a moment, in seconds of the monotonic clock."""
        if self._ahead is None or asked - self._ahead[0] > PASS_WITHIN_S:
            self._ahead = (asked, Ends(ends))

    def read(self, positions: Mapping[int, int], now: float) -> None:
        """Hear how far each partition has been read by now."""
        if self._ahead is None:
            return
        asked, ends = self._ahead
        for partition, position in positions.items():
            ends.passed(partition, position)
        if ends.are_passed:
            self._ahead = None
            self._as_of = asked if now - asked <= PASS_WITHIN_S else self._as_of

    def forget(self) -> None:
        """Begin again: what was read is not what is there."""
        self._ahead = self._as_of = None
