"""Who may commit: transactional identities, and memberships of a generation."""

import pytest

from stream.core.errors import Fenced, ProducerFenced, TransactionAborted, Unavailable
from stream.ports import Outgoing, Position
from tests.contract.world import World, drive, join, records, until


def test_a_newer_producer_fences_the_older_and_aborts_what_it_left_open(world: World) -> None:
    # Given a producer with an open transaction
    topic, older = world.topic(), world.transactional()
    older.begin()
    older.produce([Outgoing(topic, b"k", b"older")])

    # When another takes its id
    newer = world.transactional()

    # Then the older one is refused, and readers see only the newer one's
    with pytest.raises(ProducerFenced):
        older.commit()
    older.close()
    newer.begin()
    newer.produce([Outgoing(topic, b"k", b"newer")])
    newer.commit()
    reader = world.consumer()
    join(reader, topic)
    assert [r.value for r in records(reader, 1)] == [b"newer"]


def test_a_transaction_that_takes_too_long_looks_as_if_fenced(world: World) -> None:
    # Given an open transaction, its record at the broker
    topic, producer = world.topic(), world.transactional(hasty=True)
    producer.begin()
    producer.produce([Outgoing(topic, b"k", b"v")])
    changelog = world.changelog(topic)
    while changelog.end((topic, 0), 5.0) < 1:
        pass

    # When the broker gives it up, and writes its abort marker
    world.time_out("id")
    while changelog.end((topic, 0), 5.0) < 2:
        pass

    # Then its producer is refused as a rival's victim would be
    with pytest.raises(ProducerFenced):
        producer.commit()
    producer.close()


def test_a_transaction_under_a_former_generation_is_refused_as_a_whole(world: World) -> None:
    # Given a member with records in hand, pinned to its generation
    source, target = world.topic(partitions=2), world.topic()
    first, second = world.consumer(), world.consumer()
    one = join(first, source)
    drive([first], lambda: len(one.held) == 2)
    pinned = first.membership()
    producer = world.transactional()
    producer.begin()
    producer.produce([Outgoing(target, b"k", b"stale")])

    # When another member joins and takes a partition
    two = join(second, source)
    drive([first, second], lambda: len(one.held) == 1 and len(two.held) == 1)

    # Then the transaction cannot carry positions, nor be committed
    with pytest.raises(TransactionAborted):
        producer.send_offsets([Position(source, number, 9) for number in (0, 1)], pinned)
    with pytest.raises(TransactionAborted):
        producer.commit()
    producer.abort()
    assert first.committed([(source, 0), (source, 1)], 5) == {}

    # And the producer goes on under the current one
    producer.begin()
    producer.produce([Outgoing(target, b"k", b"fresh")])
    producer.send_offsets([Position(source, 0, 1)], first.membership())
    producer.commit()
    reader = world.consumer("reader")
    join(reader, target)
    assert [r.value for r in records(reader, 1)] == [b"fresh"]


def test_the_broker_takes_positions_of_a_client_that_never_joined(world: World) -> None:
    """Why the membership is pinned where partitions are assigned: this one is checked by nobody."""
    topic, member, stranger = world.topic(), world.consumer(), world.consumer()
    listener = join(member, topic)
    drive([member], lambda: bool(listener.held))
    producer = world.transactional()

    producer.begin()
    producer.send_offsets([Position(topic, 0, 8)], stranger.membership())
    producer.commit()

    assert until(lambda: member.committed([(topic, 0)], 5))[topic, 0].offset == 8


def test_a_member_that_was_given_up_cannot_commit(world: World) -> None:
    # Given two members, one of which falls silent
    topic = world.topic(partitions=2)
    silent, steady = world.consumer(restless=True), world.consumer(restless=True)
    one, two = join(silent, topic), join(steady, topic)
    drive([silent, steady], lambda: len(one.held) == 1 and len(two.held) == 1)
    pinned = silent.membership()

    # When the other has taken everything over
    world.forget(silent)
    drive([steady], lambda: len(two.held) == 2)

    # Then nothing of the silent one counts
    with pytest.raises(Unavailable):
        silent.commit_now([Position(topic, 0, 5)])
    producer = world.transactional()
    producer.begin()
    with pytest.raises(TransactionAborted):
        producer.send_offsets([Position(topic, 0, 5)], pinned)
    producer.abort()
    assert steady.committed([(topic, 0), (topic, 1)], 5) == {}


def test_a_static_members_successor_fences_it(world: World) -> None:
    # Given a static member
    topic = world.topic()
    older = world.consumer(instance="gate-0")
    one = join(older, topic)
    drive([older], lambda: bool(one.held))

    # When another process takes its name
    newer = world.consumer(instance="gate-0")
    two = join(newer, topic)
    drive([newer], lambda: bool(two.held))

    # Then the older one must end
    with pytest.raises(Fenced):
        drive([older], lambda: False)
