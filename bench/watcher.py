"""A side that reads one topic as an app does, committed records only, and notes when it first saw each id."""

import time

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from bench.errand import Errand, tell
from bench.load import number_of
from bench.stopwatch import leave


def watch(consumer: Consumer, count: int) -> dict[int, float]:
    """First sight of each of `count` ids, by this machine's monotonic clock, which all processes share."""
    seen: dict[int, float] = {}
    while len(seen) < count:
        message = consumer.poll(1.0)
        if message is not None and message.error() is None:
            seen.setdefault(number_of(message.key() or b""), time.monotonic())
    return seen


def main() -> None:
    """Watch until all ids were seen."""
    errand = Errand.given()
    topic = str(errand.options["topic"])
    consumer = Consumer(
        {
            "bootstrap.servers": errand.bootstrap,
            "group.id": "bench-watcher",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
        }
    )
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(errand.partitions)])
    consumer.poll(1.0)  # the first fetch costs half a second
    tell("ready")
    seen = watch(consumer, errand.count)
    tell("result", seen=[seen[number] for number in range(errand.count)])
    leave()


if __name__ == "__main__":
    main()
