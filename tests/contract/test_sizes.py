"""Records that are too large: for the producer, and for the topic alone."""

import pytest

from stream.core.errors import Oversized
from stream.ports import Outgoing
from tests.contract.world import World, join, records

TOO_LARGE_FOR_ALL = b"x" * 100_001
TOO_LARGE_FOR_THE_TOPIC = b"x" * 50_000


def test_a_step_with_one_oversized_record_is_refused_whole_and_the_transaction_lives(world: World) -> None:
    # Given an open transaction
    topic, producer = world.topic(), world.transactional()
    producer.begin()

    # When a step's second record is too large
    with pytest.raises(Oversized):
        producer.produce([Outgoing(topic, b"k", b"first"), Outgoing(topic, b"k", TOO_LARGE_FOR_ALL)])

    # Then its first was not taken either, and the transaction takes others
    producer.produce([Outgoing(topic, b"k", b"other")])
    producer.commit()
    reader = world.consumer()
    join(reader, topic)
    assert [r.value for r in records(reader, 1)] == [b"other"]


def test_a_record_that_only_the_topic_refuses_shows_at_the_commit(world: World) -> None:
    # Given a topic that takes less than the producer
    topic, producer = world.topic(max_bytes=10_000), world.transactional()
    producer.begin()
    producer.produce([Outgoing(topic, b"k", b"small"), Outgoing(topic, b"k", TOO_LARGE_FOR_THE_TOPIC)])

    # When it is committed, then the size is named
    with pytest.raises(Oversized):
        producer.commit()

    # And a new producer goes on (the old one's sequence numbers are spoilt on the real broker)
    producer.close()
    producer = world.transactional()
    producer.begin()
    producer.produce([Outgoing(topic, b"k", b"small")])
    producer.commit()
    reader = world.consumer()
    join(reader, topic)
    assert [r.value for r in records(reader, 1)] == [b"small"]


def test_the_idempotent_producer_refuses_or_reports(world: World) -> None:
    topic, producer = world.topic(max_bytes=10_000), world.producer()
    reports: list[Exception | None] = []

    with pytest.raises(Oversized):
        producer.produce(Outgoing(topic, b"k", TOO_LARGE_FOR_ALL), reports.append)
    producer.produce(Outgoing(topic, b"k", TOO_LARGE_FOR_THE_TOPIC), reports.append)
    producer.flush(10)
    producer.produce(Outgoing(topic, b"k", b"small"), reports.append)
    producer.flush(10)

    assert [type(report) for report in reports] == [Oversized, type(None)]
