"""Publishes a few records and waits until each is on every in-sync replica."""

from collections.abc import Iterable

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.producer import KafkaProducer, ProducerSettings
from stream.core.errors import Unavailable
from stream.core.topics import SPECS, Topic
from stream.ports import Outgoing

_PATIENCE_SECONDS = 30.0
_MOST_BYTES = SPECS[Topic.DEAD_LETTERS].max_bytes


def publish_all(connection: Connection, records: Iterable[Outgoing]) -> int:
    """Publish records; returns how many.

    Raises:
        Unavailable: not all of them arrived in 30 s; some may have.
        Oversized: one is larger than any topic takes.
    """
    settings = ProducerSettings(max_bytes=_MOST_BYTES, give_up_ms=int(_PATIENCE_SECONDS * 1_000))
    producer = KafkaProducer(connection, settings)
    failures: list[Exception] = []
    count = 0
    for record in records:
        producer.produce(record, lambda error: failures.append(error) if error else None)
        count += 1
    left = producer.flush(_PATIENCE_SECONDS)
    if failures:
        raise failures[0]
    if left:
        raise Unavailable(f"{left} of {count} records did not arrive at {connection.bootstrap}: is it there?")
    return count
