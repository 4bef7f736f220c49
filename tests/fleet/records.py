"""Reads a whole topic, as a late `read_committed` reader finds it."""

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from stream.ports import Record

_PATIENCE = 60.0


def records(bootstrap: str, topic: str, partitions: int) -> list[Record]:
    """Every committed record of a topic, partition by partition in order.

    Raises:
        TimeoutError: the topic's end was not reached within 60 s.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": topic + "-reading",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 20,
            "log_level": 0,
        }
    )
    try:
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(partitions)])
        found = list(_to_the_ends(consumer, topic, set(range(partitions))))
    finally:
        consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def _to_the_ends(consumer: Consumer, topic: str, ahead: set[int]) -> Iterator[Record]:
    until = time.monotonic() + _PATIENCE
    while ahead:
        if time.monotonic() > until:
            raise TimeoutError(f"{topic}: no end of {ahead} within {_PATIENCE:.0f} s")
        for message in consumer.consume(1_000, 0.1):
            error, partition = message.error(), message.partition() or 0
            if error is None:
                headers = tuple(message.headers() or ())
                yield Record(
                    topic,
                    partition,
                    message.offset() or 0,
                    message.key(),
                    message.value(),
                    headers=headers,  # type: ignore[arg-type]  # sent as bytes, never None
                )
            elif error.code() == KafkaError._PARTITION_EOF:
                ahead.discard(partition)
