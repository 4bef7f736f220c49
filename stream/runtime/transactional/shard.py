"""Partitions of one number, over all topics of the group: their state, and where they are read."""

from collections.abc import Callable, Mapping, Sequence

from stream.ports import BEGINNING, Partition, Position
from stream.runtime.transactional.table import Table

FAR = 1 << 62
"""As an expected offset: nothing is to be taken from this partition now."""


class Shard:
    """One shard's committed state.

    Attributes:
        marks: what is committed for each topic, metadata included: each transaction leaves its own stamp
            there, so equal marks mean equal state even where no position moved (a timer's transaction).
        expected: the least offset to take from each topic; `FAR` while it is not read from its mark.
        table: the state as of the marks, if `whole`.
        ready: restored, and flowing.
        since: when it was assigned, in seconds of a monotonic clock.
    """

    __slots__ = ("_empty_table", "expected", "marks", "number", "ready", "since", "table", "whole")

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
        self.expected = dict.fromkeys(topics, FAR)

    @property
    def partitions(self) -> list[Partition]:
        """This shard's partition of each topic."""
        return [(topic, self.number) for topic in self.marks]

    def suspend(self, since: float) -> None:
        """Take nothing until the marks are confirmed; the state may still be good."""
        self.ready = False
        self.since = since
        self.expected = dict.fromkeys(self.marks, FAR)

    def agrees(self, committed: Mapping[Partition, Position]) -> bool:
        """Whether the state is as of what is committed."""
        return self.whole and all(
            committed.get((topic, self.number), Position(topic, self.number, BEGINNING)) == mark
            for topic, mark in self.marks.items()
        )

    def empty(self, committed: Mapping[Partition, Position]) -> None:
        """Begin anew at what is committed, with no state yet."""
        self.whole = False
        self.table = self._empty_table()
        for topic in self.marks:
            mark = committed.get((topic, self.number))
            self.marks[topic] = mark or Position(topic, self.number, BEGINNING)
