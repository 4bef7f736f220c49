"""Partitions of one number, over all topics of the group: their state, and where they are read."""

from collections.abc import Callable, Mapping, Sequence

from stream.ports import BEGINNING, Partition, Position
from stream.runtime.transactional.progress import Progress
from stream.runtime.transactional.table import Table

FAR = 1 << 62
"""As an expected offset: nothing is to be taken from this partition now."""


class Shard:
    """One shard's committed state.

    Attributes:
        marks: what is committed for each topic.
        stamp: the last transaction that the table has; equal stamps mean equal state.
        identities: which topics these are, as of the last restore; what the broker did not tell is left out.
        expected: the least offset to take from each topic; `FAR` while it is not read from its mark.
        table: the state as of the marks, if `whole`.
        ready: restored, and flowing.
        since: when it was assigned, in seconds of a monotonic clock.
    """

    __slots__ = (
        "_empty_table",
        "expected",
        "identities",
        "marks",
        "number",
        "ready",
        "since",
        "stamp",
        "table",
        "whole",
    )

    def __init__(
        self, number: int, topics: Sequence[str], empty_table: Callable[[], Table], since: float
    ) -> None:
        self.number = number
        self.since = since
        self.whole = False
        self.ready = False
        self._empty_table = empty_table
        self.table = empty_table()
        self.marks = {topic: Position(topic, number, BEGINNING) for topic in topics}
        self.identities: dict[str, str] = {}
        self.expected = dict.fromkeys(topics, FAR)
        self.stamp = ""

    @property
    def partitions(self) -> list[Partition]:
        """This shard's partition of each topic."""
        return [(topic, self.number) for topic in self.marks]

    def suspend(self, since: float) -> None:
        """Take nothing until the marks are confirmed; the state may still be good."""
        self.ready = False
        self.since = since
        self.expected = dict.fromkeys(self.marks, FAR)

    def empty(self, committed: Mapping[Partition, Position]) -> None:
        """Begin anew at what is committed, with no state yet."""
        self.whole = False
        self.stamp = ""
        self.table = self._empty_table()
        for topic in self.marks:
            mark = committed.get((topic, self.number))
            self.marks[topic] = mark or Position(topic, self.number, BEGINNING)

    def reach(self, progress: Progress) -> bool:
        """The state is as of this transaction; returns whether a mark was behind it."""
        self.stamp = progress.stamp
        reached = [mark for mark in progress.positions(self.number) if mark.topic in self.marks]
        ahead = [mark for mark in reached if self.marks[mark.topic].offset < mark.offset]
        self.marks.update((mark.topic, mark) for mark in ahead)
        return bool(ahead)
