"""The census: every few seconds all entries are looked through, counted, and let go when over."""

import asyncio
import heapq
import time
from collections.abc import Callable, Iterator

from stream.adapters.faust.table import LedgerTable
from stream.core.ledger import ContentEntry, Count, OverdueCase, Summary, decode_entry, overdue_of
from stream.ports import Clock, LedgerObserver

SLICE = 200
"""Entries looked at before others may run."""
MOST_OVERDUE = 1_000
"""How many overdue cases are remembered by name, the most overdue first."""
REST = 9
"""A census rests for this many times as long as it took, at least: a tenth of a core at the very most."""


class Census:
    """Counts a worker's entries.

    Args:
        table: where the entries are.
        is_over: says which of them may leave.
        clock: milliseconds since 1970.
        observer: hears of each census.
    """

    def __init__(
        self,
        table: LedgerTable,
        is_over: Callable[[ContentEntry], bool],
        clock: Clock,
        observer: LedgerObserver,
    ) -> None:
        self._table = table
        self._is_over = is_over
        self._clock = clock
        self._observer = observer
        self._last: Count | None = None
        self._counted: object = None

    @property
    def last(self) -> Count | None:
        """The last census of the partitions that are open now."""
        return self._last if self._counted is self._table.entries.opened else None

    async def run(self, every: float) -> None:
        """Count for ever, `every` so many seconds or less often where it takes long."""
        while True:
            began = time.perf_counter()
            await self.take()
            took = time.perf_counter() - began
            self._observer.counted(self.last.summary if self.last is not None else Summary(), took)
            await asyncio.sleep(max(every, REST * took))

    async def take(self) -> None:
        """Look through all entries once; what changes hands meanwhile makes it count for nothing."""
        now, opened = self._clock(), self._table.entries.opened
        summary = Summary(at=now)
        overdue: list[OverdueCase] = []
        for index, (partition, key, entry) in enumerate(self._entries()):
            known = decode_entry(entry)
            if self._is_over(known):
                self._let_go(partition, key, entry)
            else:
                summary.add(known)
                overdue.extend(overdue_of(key.decode(), known, now))
            if index % SLICE == SLICE - 1:
                overdue = _first(overdue)
                await asyncio.sleep(0)
        self._last, self._counted = Count(summary, tuple(_first(overdue))), opened

    def _entries(self) -> Iterator[tuple[int, bytes, bytes]]:
        for partition in sorted(self._table.entries.opened):
            for key, entry in list(self._table.entries.partitions.get(partition, {}).items()):
                yield partition, key, entry

    def _let_go(self, partition: int, key: bytes, entry: bytes) -> None:
        store = self._table.entries
        # Somebody else's by now, or changed since it was listed: then it is not over, or not ours to end.
        if partition in store.opened and store.entry(partition, key) is entry:
            self._table.put(partition, key, None)


def _first(overdue: list[OverdueCase]) -> list[OverdueCase]:
    return heapq.nsmallest(MOST_OVERDUE, overdue, key=lambda case: (case.due, case.id))
