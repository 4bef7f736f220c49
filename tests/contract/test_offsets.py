"""Committed positions: with metadata, with and without waiting, inside transactions."""

import pytest

from stream.core.errors import Oversized, Unavailable
from stream.ports import MAX_METADATA, Outgoing, Position
from tests.contract.world import World, drive, join, records, until


def test_a_position_comes_back_with_its_metadata(world: World) -> None:
    # Given a member
    topic, consumer = world.topic(partitions=2), world.consumer()
    listener = join(consumer, topic)
    drive([consumer], lambda: len(listener.held) == 2)

    # When it commits one partition, with the longest metadata and letters of all widths
    metadata = "é€" + "x" * (MAX_METADATA - 4) + "😀"
    consumer.commit_now([Position(topic, 0, 5, metadata)])

    # Then that one comes back whole, and the other is absent
    places = [(topic, 0), (topic, 1)]
    assert until(lambda: consumer.committed(places, 5)) == {(topic, 0): Position(topic, 0, 5, metadata)}


def test_a_commit_without_waiting_is_answered_from_consume(world: World) -> None:
    topic, consumer = world.topic(), world.consumer()
    listener = join(consumer, topic)
    drive([consumer], lambda: bool(listener.held))
    answers: list[Exception | None] = []

    consumer.commit([Position(topic, 0, 7, "m")], answers.append)
    assert answers == []
    drive([consumer], lambda: bool(answers))

    assert answers == [None]
    assert consumer.committed([(topic, 0)], 5) == {(topic, 0): Position(topic, 0, 7, "m")}


@pytest.mark.parametrize("metadata", ["x" * (MAX_METADATA + 1), "😀" * (MAX_METADATA // 2 + 1)])
def test_metadata_above_the_limit_is_refused_before_it_is_sent(world: World, metadata: str) -> None:
    topic, consumer = world.topic(), world.consumer()
    listener = join(consumer, topic)
    drive([consumer], lambda: bool(listener.held))

    with pytest.raises(Oversized):
        consumer.commit([Position(topic, 0, 1, metadata)], lambda _: None)
    with pytest.raises(Oversized):
        consumer.commit_now([Position(topic, 0, 1, metadata)])


def test_positions_in_an_open_transaction_make_the_committed_ones_unknown(world: World) -> None:
    # Given a committed position and a transaction that holds a newer one
    topic, consumer, producer = world.topic(), world.consumer(), world.transactional()
    listener = join(consumer, topic)
    drive([consumer], lambda: bool(listener.held))
    consumer.commit_now([Position(topic, 0, 3)])
    producer.begin()
    producer.produce([Outgoing(topic, b"k", b"v")])
    producer.send_offsets([Position(topic, 0, 4, "stamp")], consumer.membership())

    # Then nothing can be said
    with pytest.raises(Unavailable):
        consumer.committed([(topic, 0)], 0.5)

    # When it is committed, then the newer one counts
    producer.commit()
    assert until(lambda: consumer.committed([(topic, 0)], 5)) == {(topic, 0): Position(topic, 0, 4, "stamp")}


def test_positions_of_an_aborted_transaction_are_forgotten(world: World) -> None:
    topic, consumer, producer = world.topic(), world.consumer(), world.transactional()
    listener = join(consumer, topic)
    drive([consumer], lambda: bool(listener.held))
    consumer.commit_now([Position(topic, 0, 3, "old")])
    producer.begin()
    producer.send_offsets([Position(topic, 0, 4)], consumer.membership())
    producer.abort()

    assert until(lambda: consumer.committed([(topic, 0)], 5)) == {(topic, 0): Position(topic, 0, 3, "old")}


def test_records_and_positions_of_a_transaction_count_together(world: World) -> None:
    source, target = world.topic(), world.topic()
    consumer, producer, reader = world.consumer(), world.transactional(), world.consumer("reader")
    listener = join(consumer, source)
    join(reader, target)
    drive([consumer], lambda: bool(listener.held))
    for number in range(3):
        producer.begin()
        producer.produce([Outgoing(target, b"k", b"%d" % number)])
        producer.send_offsets([Position(source, 0, number + 1)], consumer.membership())
        producer.commit()

    assert [r.value for r in records(reader, 3)] == [b"0", b"1", b"2"]
    assert until(lambda: consumer.committed([(source, 0)], 5))[source, 0].offset == 3
