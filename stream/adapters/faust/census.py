"""The census: every few seconds all entries are looked through, counted, and let go when over."""

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import islice

from stream.adapters.faust.progress import Progress
from stream.adapters.faust.table import LedgerTable
from stream.core.canary import is_canary
from stream.core.ledger import ContentEntry, Count, OverdueCase, Summary, decode_entry, overdue_of
from stream.ports import Clock, LedgerObserver

SLICE = 200
"""Entries looked at before others may run."""
MOST_OVERDUE = 1_000
"""How many overdue cases are remembered by name, the most overdue first."""
REST = 9
"""A census rests for this many times as long as it took, at least: a tenth of a core at the very most."""

Listed = tuple[int, bytes, bytes]
"""Partition, key and entry."""


class Census:
    """Counts a worker's entries.

    Args:
        table: where the entries are.
        progress: until when everything is known about a partition.
        is_over: says which of them may leave, given that time (ms).
        clock: milliseconds since 1970.
        observer: hears of each census.
    """

    def __init__(
        self,
        table: LedgerTable,
        progress: Progress,
        is_over: Callable[[ContentEntry, int], bool],
        clock: Clock,
        observer: LedgerObserver,
    ) -> None:
        self._table = table
        self._progress = progress
        self._is_over = is_over
        self._clock = clock
        self._observer = observer
        self._last: Count | None = None
        self._counted: object = None

    @property
    def last(self) -> Count | None:
        """The last census of the partitions that are open now; None where there was none since they were."""
        entries = self._table.entries
        return self._last if entries.is_open and self._counted is entries.opened else None

    async def run(self, every: float) -> None:
        """Count for ever, `every` so many seconds or less often where it takes long."""
        while True:
            began = time.perf_counter()
            await self.take()
            took = time.perf_counter() - began
            if self.last is not None:
                self._observer.counted(self.last.summary, took)
            await asyncio.sleep(max(every, REST * took))

    async def take(self) -> None:
        """Look through all entries once; what changes hands meanwhile makes it count for nothing.

        Raises:
            KafkaError: an entry's end could not be written.
        """
        now, opened = self._clock(), self._table.entries.opened
        until = {partition: self._progress.until(partition) for partition in opened}
        summary = Summary(at=now)
        overdue: list[OverdueCase] = []
        for some in _slices(self._entries()):
            if self._table.entries.opened is not opened:
                return
            ends: list[Awaitable[object]] = []
            for partition, key, entry in some:
                known = decode_entry(entry)
                if self._is_over(known, until[partition]):
                    ends += self._end(partition, key, entry)
                elif not is_canary(key.decode()):
                    summary.add(known)
                    overdue.extend(overdue_of(key.decode(), known, now))
            overdue = _first(overdue)
            await asyncio.sleep(0)
            for end in ends:
                await end
        behind = sum(self._progress.behind().values())
        self._last, self._counted = Count(summary, tuple(overdue), behind), opened

    def _entries(self) -> Iterator[Listed]:
        for partition in sorted(self._table.entries.opened):
            for key, entry in list(self._table.entries.partitions.get(partition, {}).items()):
                yield partition, key, entry

    def _end(self, partition: int, key: bytes, entry: bytes) -> Iterable[Awaitable[object]]:
        """Forget an entry; returns what is done once the changelog has."""
        store = self._table.entries
        # Changed since it was listed: then it is not over.
        if store.entry(partition, key) is entry:
            yield self._table.put(partition, key, None)


def _slices(entries: Iterator[Listed]) -> Iterator[tuple[Listed, ...]]:
    while some := tuple(islice(entries, SLICE)):
        yield some


def _first(overdue: list[OverdueCase]) -> list[OverdueCase]:
    return heapq.nsmallest(MOST_OVERDUE, overdue, key=lambda case: (case.due, case.id))
