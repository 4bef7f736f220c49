"""Reading what lies in topics on a real broker: all of it, one key's partition, and what comes next."""

import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from stream.adapters.brokers import Broker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.scan import Scan
from stream.core.errors import Misconfigured, Unavailable
from stream.ports import BEGINNING


@pytest.fixture
def topic(broker: Broker) -> Iterator[str]:
    name = f"scan-{uuid4().hex[:8]}"
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    admin.create_topics([NewTopic(name, 3, 1)])[name].result(10)
    end = time.monotonic() + 10
    while name not in admin.list_topics(timeout=10).topics and time.monotonic() < end:
        time.sleep(0.02)
    yield name
    admin.delete_topics([name])[name].result(10)


@pytest.fixture
def scan(broker: Broker) -> Iterator[Scan]:
    with Scan(Connection(bootstrap=broker.bootstrap)) as made:
        yield made


def write(broker: Broker, topic: str, keys: list[str]) -> None:
    producer = Producer({"bootstrap.servers": broker.bootstrap, "partitioner": "murmur2_random"})
    for key in keys:
        producer.produce(topic, b"x", key)
    assert producer.flush(10) == 0


def write_and_abort(broker: Broker, topic: str, key: str) -> None:
    producer = Producer(
        {
            "bootstrap.servers": broker.bootstrap,
            "partitioner": "murmur2_random",
            "transactional.id": uuid4().hex,
        }
    )
    producer.init_transactions(10)
    producer.begin_transaction()
    producer.produce(topic, b"aborted", key)
    producer.flush(10)
    producer.abort_transaction(10)


def test_everything_that_is_there_is_read_once_and_then_it_ends(
    broker: Broker, topic: str, scan: Scan
) -> None:
    # Given records in all partitions, with an aborted one among them and one at the very end
    write(broker, topic, [f"post-{number}" for number in range(200)])
    write_and_abort(broker, topic, "post-1")
    # When everything is read
    records = list(scan.read(scan.partitions(topic)))
    # Then each committed record came once, and nothing else
    assert sorted(record.key for record in records if record.key) == sorted(
        b"post-%d" % n for n in range(200)
    )


def test_the_partition_of_a_key_holds_its_records(broker: Broker, topic: str, scan: Scan) -> None:
    write(broker, topic, ["post-7", "post-8", "post-7"])
    records = list(scan.read([scan.partition_of(topic, "post-7")]))
    assert [record.key for record in records].count(b"post-7") == 2


def test_an_empty_topic_is_read_at_once(topic: str, scan: Scan) -> None:
    assert list(scan.read(scan.partitions(topic))) == []


def test_what_was_written_before_a_time_is_left_out(broker: Broker, topic: str, scan: Scan) -> None:
    write(broker, topic, ["old"])
    time.sleep(0.01)  # Kafka's times are whole milliseconds
    since = time.time_ns() // 1_000_000
    write(broker, topic, ["new"])
    assert [record.key for record in scan.read(scan.partitions(topic), since)] == [b"new"]
    assert list(scan.read(scan.partitions(topic), since + 3_600_000)) == []
    # And how much there is to read is known beforehand
    amounts = [scan.amount(scan.partitions(topic), begin) for begin in (0, since, since + 3_600_000)]
    assert amounts == [2, 1, 0]


def test_what_was_written_at_a_time_or_later_is_left_out(broker: Broker, topic: str, scan: Scan) -> None:
    # Given a record before a time, and two after it in the same partition
    write(broker, topic, ["same"])
    time.sleep(0.01)
    until = time.time_ns() // 1_000_000
    write(broker, topic, ["same", "same"])
    # When it is read until then / Then it ends there, and so does the count
    partitions = scan.partitions(topic)
    assert [record.offset for record in scan.read(partitions, 0, until)] == [0]
    assert scan.amount(partitions, 0, until) == 1
    # And a time that has not come cuts nothing off, one before everything all
    assert len(list(scan.read(partitions, 0, until + 3_600_000))) == 3
    assert list(scan.read(partitions, None, 1)) == []


def test_one_record_is_read_by_its_place_until_kafka_no_longer_has_it(
    broker: Broker, topic: str, scan: Scan
) -> None:
    # Given a few records of one key, the last of them aborted
    write(broker, topic, ["post-1"] * 3)
    place = scan.partition_of(topic, "post-1")
    write_and_abort(broker, topic, "post-1")
    # When each is asked for by its place
    found = [scan.at(place, offset) for offset in range(5)]
    # Then what was committed is there, and nothing else
    assert [None if one is None else one.offset for one in found] == [0, 1, 2, None, None]
    # And what retention took is gone
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    (removed,) = admin.delete_records([TopicPartition(*place, 2)]).values()
    removed.result(10)
    assert scan.at(place, 1) is None
    assert scan.at(place, 2) is not None


def test_following_gives_what_comes_later_and_says_when_nothing_does(
    broker: Broker, topic: str, scan: Scan
) -> None:
    # Given a topic with a past, followed from its end
    write(broker, topic, ["past"])
    following = scan.follow(scan.ends(scan.partitions(topic)))
    assert next(following) is None
    # When something is written
    write(broker, topic, ["future"])
    # Then it comes, and the past does not
    end = time.monotonic() + 10
    record = next(following)
    while record is None and time.monotonic() < end:
        record = next(following)
    assert record is not None
    assert record.key == b"future"


def test_following_from_the_beginning_gives_the_past_too(broker: Broker, topic: str, scan: Scan) -> None:
    write(broker, topic, ["past"])
    following = scan.follow(dict.fromkeys(scan.partitions(topic), BEGINNING))
    end = time.monotonic() + 10
    while (record := next(following)) is None:
        assert time.monotonic() < end
    assert record.key == b"past"


def test_a_topic_that_is_not_there_is_said_so(scan: Scan) -> None:
    with pytest.raises(Misconfigured, match="sluice topics create"):
        scan.partitions("no-such-topic")


def test_a_broker_that_is_not_there_is_said_so() -> None:
    scan = Scan(Connection(bootstrap="127.0.0.1:1"), patience=0.5)
    with scan, pytest.raises(Unavailable, match="Is a broker there"):
        scan.partitions("content")
