"""The ledger's worker as a side: timed over its folds, or over its recovery."""

import os
import time
from pathlib import Path

from bench.errand import Errand, tell
from bench.stopwatch import Stopwatch, leave
from stream.adapters.brokers.ports import free_ports
from stream.adapters.faust import LedgerWorker, Options
from stream.adapters.kafka import Connection
from stream.adapters.metrics import LedgerMetrics
from stream.core.topics import TopicNames
from stream.processors.ledger import Ledger

FOREVER = 1 << 50


class Folds(LedgerMetrics):
    """The ledger's metrics, which stop the clock after the last fold."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        super().__init__()
        self._stopwatch = stopwatch

    def folded(self, topic: str) -> None:
        """One more."""
        super().folded(topic)
        if self._stopwatch.committed(1):
            leave()


def worker_of(errand: Errand) -> LedgerWorker:
    """One worker on the errand's topics."""
    names = TopicNames(errand.prefix)
    (port,) = free_ports(1)
    options = Options(
        connection=Connection(bootstrap=errand.bootstrap, client="bench-ledger"),
        names=names,
        group=errand.prefix + "ledger",
        partitions=errand.partitions,
        port=port,
        advertised=f"127.0.0.1:{port}",
    )
    folds = Folds(Stopwatch(errand))
    return LedgerWorker(options, Ledger(names, errand.partitions, FOREVER, now_ms, folds), now_ms, folds)


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def resident() -> int:
    """Bytes of memory that this process has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def watch_recovery(worker: LedgerWorker) -> None:
    """Tell how long it took until everything was recovered, and what an entry takes."""
    begun, before = time.perf_counter(), resident()

    async def recovered(*_: object, **__: object) -> None:
        entries = worker.table.entries.size
        if not entries:
            return
        seconds = time.perf_counter() - begun
        grown = (resident() - before) / entries
        tell("result", messages=entries, seconds=seconds, bytes_an_entry=grown, entries=entries)
        leave()

    worker.app.on_rebalance_complete.connect(recovered)


if __name__ == "__main__":
    errand = Errand.given()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    worker = worker_of(errand)
    if errand.options.get("recover"):
        watch_recovery(worker)
    tell("ready")
    worker.run()
