"""The ledger's fold in a plain loop: a consumer, a dict, a producer; nothing is shared out or recovered."""

import os
import time
from collections.abc import Mapping

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from bench.errand import Errand, tell
from bench.stopwatch import Stopwatch, leave
from stream.core.ledger import Summary
from stream.core.topics import Topic, TopicNames
from stream.ports import Record
from stream.processors.ledger import Ledger

BATCH = 500
FOREVER = 1 << 50


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Nobody:
    """An observer that nobody listens to."""

    def folded(self, topic: str) -> None: ...

    def repeated(self) -> None: ...

    def refused(self, error: str) -> None: ...

    def reported(self, obstacle: str, behind: Mapping[str, int]) -> None: ...

    def counted(self, summary: Summary, seconds: float) -> None: ...


class Loop:
    """Batches in, entries to the dict and the changelog; offsets once those are acknowledged."""

    def __init__(self, errand: Errand) -> None:
        names = TopicNames(errand.prefix)
        self._stopwatch = Stopwatch(errand)
        self._ledger = Ledger(names, errand.partitions, FOREVER, now_ms, Nobody())
        self._entries: dict[bytes, bytes] = {}
        self._changelog = names.of(Topic.LEDGER_STATE)
        verdicts = names.of(Topic.VERDICTS)
        settings = {"bootstrap.servers": errand.bootstrap, "log_level": 0}
        self._producer = Producer({**settings, "acks": "all", "linger.ms": 5})
        self._consumer = Consumer(
            {
                **settings,
                "group.id": errand.prefix + "ledger",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
            }
        )
        self._consumer.assign([TopicPartition(verdicts, number, 0) for number in range(errand.partitions)])

    def run(self) -> None:
        """Work until the last message is safe."""
        while True:
            batch = self._consumer.consume(BATCH, 0.1)
            for message in batch:
                self._fold(message)
            if batch:
                self._producer.flush()
                self._consumer.commit(asynchronous=False)
            if self._stopwatch.committed(len(batch)):
                leave()

    def _fold(self, message: Message) -> None:
        key, partition = message.key() or b"", message.partition() or 0
        record = Record(message.topic() or "", partition, message.offset() or 0, key, message.value())
        step = self._ledger.handle(record, self._entries.get(key))
        if isinstance(step.state, bytes):
            self._entries[key] = step.state
            self._producer.produce(self._changelog, step.state, key, partition)


if __name__ == "__main__":
    errand = Errand.given()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    tell("ready")
    Loop(errand).run()
