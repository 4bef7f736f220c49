"""Reading a changelog back: the true end, the stable end, and what lies between."""

from stream.ports import BEGINNING, EndOfPartition, Outgoing, Position, Record
from tests.contract.world import World, to_the_end


def test_the_true_end_lies_beyond_the_stable_one_while_a_transaction_is_open(world: World) -> None:
    # Given committed entries, then an open transaction
    topic, settled, hanging = world.topic(), world.transactional("settled"), world.transactional("hanging")
    settled.begin()
    settled.produce([Outgoing(topic, b"a", b"1")])
    settled.commit()
    changelog = world.changelog(topic)
    while changelog.end((topic, 0), 5.0) < 2:  # a commit returns before its marker lies in the log
        pass
    hanging.begin()
    hanging.produce([Outgoing(topic, b"a", b"2")])
    changelog.warm_up()
    while changelog.end((topic, 0), 5.0) < 3:
        pass

    # When it is read
    changelog.add(Position(topic, 0, BEGINNING))
    first = to_the_end(changelog)

    # Then the reader stands below the true end, until the transaction is settled
    assert [r.value for r in first if isinstance(r, Record)] == [b"1"]
    assert first[-1] == EndOfPartition(topic, 0, 2)
    assert changelog.end((topic, 0), 5.0) == 3
    hanging.commit()
    then = to_the_end(changelog)
    assert [r.value for r in then if isinstance(r, Record)] == [b"2"]
    assert then[-1] == EndOfPartition(topic, 0, 4)


def test_an_aborted_tail_is_stepped_over(world: World) -> None:
    topic, producer = world.topic(), world.transactional()
    producer.begin()
    producer.produce([Outgoing(topic, b"a", b"1")])
    producer.commit()
    producer.begin()
    producer.produce([Outgoing(topic, b"a", b"2")])
    changelog = world.changelog(topic)
    while changelog.end((topic, 0), 5.0) < 3:
        pass
    changelog.add(Position(topic, 0, BEGINNING))
    to_the_end(changelog)

    producer.abort()

    assert to_the_end(changelog) == [EndOfPartition(topic, 0, 4)]


def test_partitions_come_and_go_one_by_one(world: World) -> None:
    # Given two partitions with an entry each
    topic, producer = world.topic(partitions=2), world.transactional()
    producer.begin()
    producer.produce([Outgoing(topic, b"k", b"%d" % number, partition=number) for number in (0, 1)])
    producer.commit()
    changelog = world.changelog(topic)

    # When they are added one after the other
    changelog.add(Position(topic, 0, BEGINNING))
    first = to_the_end(changelog)
    changelog.add(Position(topic, 1, BEGINNING))
    second = to_the_end(changelog)

    # Then each is read once; and a removed one starts anew when it is added again
    assert [r.value for r in first if isinstance(r, Record)] == [b"0"]
    assert [r.value for r in second if isinstance(r, Record)] == [b"1"]
    changelog.remove((topic, 0))
    changelog.add(Position(topic, 0, BEGINNING))
    assert [r.value for r in to_the_end(changelog) if isinstance(r, Record)] == [b"0"]


def test_an_empty_partition_ends_at_once(world: World) -> None:
    topic = world.topic()
    changelog = world.changelog(topic)
    changelog.warm_up()
    changelog.add(Position(topic, 0, BEGINNING))

    assert changelog.end((topic, 0), 5.0) == 0
    assert to_the_end(changelog) == [EndOfPartition(topic, 0, 0)]


def test_topics_are_told_apart_by_identities_that_stay(world: World) -> None:
    # Given two topics, and one that is not there
    first, second = world.topic(), world.topic()
    changelog = world.changelog(first)
    changelog.warm_up()
    # When a reader asks twice
    told = changelog.identities([first, second, "not-there"], 10.0)
    again = changelog.identities([second], 10.0)
    # Then each that is there has one of its own
    assert set(told) == {first, second}
    assert told[first] != told[second]
    assert again[second] == told[second]
