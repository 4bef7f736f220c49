"""Order, isolation, ends and placement of records."""

from stream.core.murmur2 import partition_of
from stream.ports import BEGINNING, Consumed, EndOfPartition, Outgoing, Position, Record, RecordsLost
from tests.contract.world import World, anything, drive, join, records, to_the_end


def test_records_of_a_partition_come_whole_and_in_order(world: World) -> None:
    # Given records with headers, without, and a tombstone
    topic, producer = world.topic(), world.producer()
    sent = [
        Outgoing(topic, b"a", b"1", (("ce_type", b"x"), ("more", b""))),
        Outgoing(topic, b"b", b"2"),
        Outgoing(topic, b"a", None),
    ]
    for output in sent:
        producer.produce(output, lambda _: None)
    assert producer.flush(10) == 0

    # When they are consumed
    consumer = world.consumer()
    join(consumer, topic)
    read = records(consumer, 3)

    # Then nothing is missing
    assert [(r.offset, r.key, r.value, r.headers) for r in read] == [
        (0, b"a", b"1", (("ce_type", b"x"), ("more", b""))),
        (1, b"b", b"2", ()),
        (2, b"a", None, ()),
    ]
    assert all(r.timestamp > 1_600_000_000_000 for r in read)


def test_each_delivery_is_reported(world: World) -> None:
    topic, producer = world.topic(), world.producer()
    reports: list[Exception | None] = []

    producer.produce(Outgoing(topic, b"a", b"1"), reports.append)
    producer.produce(Outgoing(topic, b"a", b"2"), reports.append)
    producer.flush(10)

    assert reports == [None, None]


def test_a_key_goes_where_murmur2_says_and_an_explicit_partition_wins(world: World) -> None:
    # Given keys of many lengths
    topic, producer = world.topic(partitions=7), world.producer()
    keys = [b"k" * length + b"%d" % length for length in range(60)]
    for key in keys:
        producer.produce(Outgoing(topic, key, b"by key"), lambda _: None)
    producer.produce(Outgoing(topic, keys[0], b"told", partition=3), lambda _: None)
    producer.flush(10)

    # When all are read
    consumer = world.consumer()
    join(consumer, topic)
    read = records(consumer, len(keys) + 1)

    # Then both agree on the place of each
    assert {r.key: r.partition for r in read if r.value == b"by key"} == {
        key: partition_of(key, 7) for key in keys
    }
    assert [r.partition for r in read if r.value == b"told"] == [3]


def test_an_open_transaction_hides_what_follows_it_from_committed_readers(world: World) -> None:
    # Given a record, an open transaction's record, and one after it
    topic, producer, transactional = world.topic(), world.producer(), world.transactional()
    producer.produce(Outgoing(topic, b"k", b"before"), lambda _: None)
    producer.flush(10)
    transactional.begin()
    transactional.produce([Outgoing(topic, b"k", b"inside")])
    reader, dirty = world.consumer("clean"), world.consumer("dirty", committed=False)
    for each in (reader, dirty):
        join(each, topic)
    dirtied, seen = records(dirty, 2), records(reader, 1)
    producer.produce(Outgoing(topic, b"k", b"after"), lambda _: None)
    producer.flush(10)
    dirtied += records(dirty, 1)

    # Then the committed reader stands before the transaction
    assert [r.value for r in dirtied] == [b"before", b"inside", b"after"]
    assert [r.value for r in seen] == [b"before"]
    assert reader.consume(10, 0.1) == []

    # When it is committed, then all is seen, in order, and the marker took an offset
    transactional.commit()
    seen += records(reader, 2)
    assert [(r.offset, r.value) for r in seen] == [
        (0, b"before"),
        (1, b"inside"),
        (2, b"after"),
    ]


def test_an_aborted_transaction_leaves_a_hole(world: World) -> None:
    # Given an aborted transaction of two records, then a committed one
    topic, transactional = world.topic(), world.transactional()
    transactional.begin()
    transactional.produce([Outgoing(topic, b"k", b"never"), Outgoing(topic, b"k", b"seen")])
    dirty = world.consumer("dirty", committed=False)
    join(dirty, topic)
    assert len(records(dirty, 2)) == 2
    transactional.abort()
    transactional.begin()
    transactional.produce([Outgoing(topic, b"k", b"kept")])
    transactional.commit()

    # When a reader goes to the end
    reader = world.consumer(ends=True)
    join(reader, topic)
    read = to_the_end(reader)

    # Then markers and aborted records took offsets 0 to 2 and 4, and the end steps over them
    assert [(r.offset, r.value) for r in read if isinstance(r, Record)] == [(3, b"kept")]
    assert read[-1] == EndOfPartition(topic, 0, 5)
    assert reader.end((topic, 0)) == 5


def test_a_newer_end_is_reported_anew(world: World) -> None:
    topic, producer = world.topic(), world.producer()
    reader = world.consumer(ends=True)
    join(reader, topic)
    ends: list[Consumed] = []
    for _ in range(3):
        ends.append(to_the_end(reader)[-1])
        producer.produce(Outgoing(topic, b"k", b"v"), lambda _: None)
        producer.flush(10)
    assert ends == [EndOfPartition(topic, 0, offset) for offset in (0, 1, 2)]


def test_a_place_that_retention_removed_is_told_and_assign_goes_on(world: World) -> None:
    # Given a log that lost its head
    topic, producer = world.topic(), world.producer()
    for number in range(10):
        producer.produce(Outgoing(topic, b"k", b"%d" % number), lambda _: None)
    producer.flush(10)
    world.retain((topic, 0), 6)

    # When a reader wants what is gone
    reader = world.consumer()
    join(reader, topic, start=2)
    read = anything(reader)

    # Then it is told, and can go on with what is left
    assert read == [RecordsLost(topic, 0, 2)]
    reader.assign([Position(topic, 0, BEGINNING)])
    kept = records(reader, 4)
    assert [r.offset for r in kept] == [6, 7, 8, 9]


def test_seek_reads_again(world: World) -> None:
    topic, producer = world.topic(), world.producer()
    for number in range(5):
        producer.produce(Outgoing(topic, b"k", b"%d" % number), lambda _: None)
    producer.flush(10)
    reader = world.consumer()
    join(reader, topic)
    first = records(reader, 5)

    reader.seek(Position(topic, 0, 2))
    again = records(reader, 3)

    assert [r.offset for r in first] == [0, 1, 2, 3, 4]
    assert [r.offset for r in again] == [2, 3, 4]


def test_a_paused_partition_is_silent_and_others_flow(world: World) -> None:
    topic, producer = world.topic(partitions=2), world.producer()
    reader = world.consumer()
    listener = join(reader, topic)
    drive([reader], lambda: len(listener.held) == 2)
    reader.pause([(topic, 0)])
    for number in range(3):
        for partition in (0, 1):
            producer.produce(Outgoing(topic, b"k", b"%d" % number, partition=partition), lambda _: None)
    producer.flush(10)

    flowing = records(reader, 3)
    quiet = [r for _ in range(5) for r in reader.consume(10, 0.05)]
    reader.resume([(topic, 0)])
    resumed = records(reader, 3)

    assert {r.partition for r in flowing} == {1}
    assert quiet == []
    assert {r.partition for r in resumed} == {0}
