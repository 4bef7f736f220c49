"""What every `ControlLog` does: all that is there, then what comes; no group, nothing left out."""

import time
from collections.abc import Iterator
from itertools import islice

import pytest

from stream.adapters.kafka import Connection
from stream.adapters.kafka.control import KafkaControlLog
from stream.core.errors import Misconfigured, Unavailable
from stream.ports import ControlLog, Outgoing, Record
from tests.contract.world import World, until


def put(world: World, topic: str, *pairs: tuple[bytes, bytes | None]) -> None:
    producer, failures = world.producer(), list[Exception]()
    for key, value in pairs:
        producer.produce(Outgoing(topic, key, value), lambda error: failures.append(error) if error else None)
    assert producer.flush(30) == 0
    assert failures == []


def told(records: list[Record]) -> set[tuple[bytes | None, bytes | None]]:
    return {(record.key, record.value) for record in records}


def followed(log: ControlLog, count: int) -> list[Record]:
    """The next so many records."""
    return list(islice((one for one in log.follow() if one is not None), count))


def quiet(log: ControlLog) -> Iterator[Record]:
    """What comes before the first turn without a record."""
    for one in log.follow():
        if one is None:
            return
        yield one


def test_every_partition_is_read_whole_and_each_in_its_order(world: World) -> None:
    # Given many keys over three partitions, one of them told twice
    topic = world.topic(partitions=3)
    put(world, topic, *((b"k%d" % number, b"1") for number in range(50)), (b"k7", b"2"))
    # When two readers read it
    for log in (world.control(topic), world.control(topic)):
        records = log.read()
        # Then each has everything, and the later word comes later
        assert len(records) == 51
        assert [one.value for one in records if one.key == b"k7"] == [b"1", b"2"]


def test_an_empty_topic_is_read_at_once_and_then_followed(world: World) -> None:
    topic = world.topic(partitions=2)
    log = world.control(topic)
    assert list(until(log.read)) == []
    put(world, topic, (b"a", b"1"))
    assert told(followed(log, 1)) == {(b"a", b"1")}


def test_following_begins_where_reading_ended_and_goes_on_after_an_interruption(world: World) -> None:
    # Given a reader that has read what was there
    topic = world.topic(partitions=2)
    put(world, topic, (b"a", b"1"), (b"b", b"1"))
    log = world.control(topic)
    assert told(list(until(log.read))) == {(b"a", b"1"), (b"b", b"1")}
    # When more comes, tombstones too, and following is begun more than once
    put(world, topic, (b"a", None))
    assert told(followed(log, 1)) == {(b"a", None)}
    put(world, topic, (b"c", b"1"), (b"b", b"2"))
    assert told(followed(log, 2)) == {(b"c", b"1"), (b"b", b"2")}
    # Then nothing is left out and nothing comes twice
    assert list(quiet(log)) == []


def test_only_what_is_committed_is_read(world: World) -> None:
    topic, producer = world.topic(), world.transactional()
    producer.begin()
    producer.produce([Outgoing(topic, b"a", b"aborted")])
    producer.abort()
    put(world, topic, (b"a", b"1"))
    log = world.control(topic)
    assert told(list(until(log.read))) == {(b"a", b"1")}


def test_a_log_that_ends_in_a_hole_ends_all_the_same(world: World) -> None:
    # Given a partition whose last offset is no record
    topic, producer = world.topic(), world.transactional()
    put(world, topic, (b"a", b"1"))
    producer.begin()
    producer.produce([Outgoing(topic, b"b", b"aborted")])
    producer.abort()
    # When it is read / Then that ends, and following goes on
    log = world.control(topic)
    assert told(list(until(log.read))) == {(b"a", b"1")}
    put(world, topic, (b"c", b"1"))
    assert told(followed(log, 1)) == {(b"c", b"1")}


def test_a_topic_that_is_not_there_is_said_so(world: World) -> None:
    log = world.control("nobody-made-this")
    with pytest.raises((Misconfigured, Unavailable), match="nobody-made-this"):
        log.read()


def test_where_no_broker_answers_reading_ends_with_what_is_missing() -> None:
    log = KafkaControlLog(Connection(bootstrap="127.0.0.1:1"), "control", patience=0.5)
    begun = time.monotonic()
    with pytest.raises(Unavailable, match=r"before the policy set .*kafka\.bootstrap_servers right\?"):
        log.read()
    log.close()
    assert time.monotonic() - begun < 10
