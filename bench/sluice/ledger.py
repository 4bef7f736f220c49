"""The ledger's worker as a side: it times what it has settled; its recovery is timed from outside."""

import os
import time

import psutil

from bench.errand import Errand, tell
from bench.stopwatch import Stopwatch, leave
from stream.adapters.brokers.ports import free_ports
from stream.adapters.faust import LedgerWorker, Options
from stream.adapters.kafka import Connection
from stream.adapters.metrics import LedgerMetrics
from stream.core.topics import TopicNames
from stream.processors.ledger import Ledger

FOREVER = 1 << 50


def worker_of(errand: Errand, port: int) -> LedgerWorker:
    """One worker on the errand's topics."""
    names, metrics = TopicNames(errand.prefix), LedgerMetrics()
    options = Options(
        connection=Connection(bootstrap=errand.bootstrap, client="bench-ledger"),
        names=names,
        group=errand.prefix + "ledger",
        partitions=errand.partitions,
        port=port,
        advertised=f"127.0.0.1:{port}",
    )
    return LedgerWorker(options, Ledger(names, errand.partitions, FOREVER, now_ms, metrics), now_ms, metrics)


def time_acknowledged(stopwatch: Stopwatch) -> None:
    """Stop the clock after the last event whose entry the changelog has: then it is acknowledged."""
    from faust import Event  # after the adapter, which sets the event loop that Faust is to take

    acknowledge = Event.ack

    def ack(event: Event) -> bool:
        done = acknowledge(event)
        if stopwatch.committed(1):
            leave()
        return done

    Event.ack = ack  # type: ignore[method-assign,assignment]


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    errand = Errand.given()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if errand.count:
        time_acknowledged(Stopwatch(errand))
    (port,) = free_ports(1)
    worker = worker_of(errand, port)
    tell("ready", port=port, resident=psutil.Process().memory_info().rss)
    worker.run()
