"""The gate on its real runner, with its real metrics, and a clock."""

import time
from collections.abc import Callable

from bench.errand import Errand, tell
from bench.stopwatch import Stopwatch, leave, peak_mb
from stream.adapters.kafka import (
    Connection,
    ConsumerSettings,
    KafkaChangelog,
    KafkaConsumer,
    KafkaTransactionalProducer,
    TransactionSettings,
)
from stream.adapters.metrics import GateMetrics
from stream.core.step import Terms
from stream.core.topics import Topic, TopicNames
from stream.processors.gate import Gate
from stream.runtime.transactional import Runner, Settings


class Observed(GateMetrics):
    """The gate's metrics, and what the bench wants to know."""

    def __init__(self, errand: Errand) -> None:
        super().__init__()
        self._stopwatch = Stopwatch(errand) if errand.count else None

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        super().committed(records, wakes, outputs, seconds)
        if self._stopwatch and self._stopwatch.committed(records):
            leave()

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        super().restored(partition, entries, seconds)
        tell("restored", partition=partition, entries=entries, seconds=seconds, peak_mb=peak_mb())


def runner(errand: Errand, observer: GateMetrics) -> Runner:
    """The gate as its process wires it."""
    connection = Connection(bootstrap=errand.bootstrap, client="bench-gate")
    names = TopicNames(errand.prefix)
    group = errand.prefix + "gate"
    changelog = names.of(Topic.GATE_STATE)
    return Runner(
        KafkaConsumer(connection, ConsumerSettings(group=group, strategy="range", instance=f"{group}-0")),
        _connect(connection, f"{group}-0"),
        KafkaChangelog(connection, changelog),
        Gate(names, Terms(), errand.partitions, now_ms, observer),
        Settings(topics=(names.of(Topic.CONTENT), names.of(Topic.OUTCOMES)), changelog=changelog),
        now_ms,
        observer,
    )


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _connect(connection: Connection, identity: str) -> Callable[[], KafkaTransactionalProducer]:
    return lambda: KafkaTransactionalProducer(connection, TransactionSettings(identity=identity))


if __name__ == "__main__":
    errand = Errand.given()
    gate = runner(errand, Observed(errand))
    tell("ready")
    gate.run()
