"""Groups: who gets what, and how each member hears of it."""

from collections.abc import Sequence

import pytest

from stream.core.errors import Unavailable
from stream.ports import Outgoing, Partition, Position
from tests.contract.world import Listening, World, drive, join, records


@pytest.mark.parametrize("members", [2, 3])
def test_range_gives_equal_numbers_of_all_topics_to_one_member(world: World, members: int) -> None:
    topics = [world.topic(partitions=6), world.topic(partitions=6)]
    consumers = [world.consumer() for _ in range(members)]
    listeners = [join(consumer, *topics) for consumer in consumers]

    drive(consumers, lambda: all(len(each.held) == 12 // members for each in listeners))

    for each in listeners:
        assert each.held == {(topic, number) for _, number in each.held for topic in topics}


def test_a_newcomer_makes_everyone_give_up_all_under_range(world: World) -> None:
    topic = world.topic(partitions=2)
    first, second = world.consumer(), world.consumer()
    one = join(first, topic)
    drive([first], lambda: len(one.held) == 2)
    two = join(second, topic)
    drive([first, second], lambda: len(one.held) == 1 and len(two.held) == 1)

    both = ((topic, 0), (topic, 1))
    assert one.diary[:2] == [("assigned", both), ("revoked", both)]
    assert one.diary[-1] == ("assigned", tuple(sorted(one.held)))


def test_a_newcomer_takes_only_its_share_under_cooperative(world: World) -> None:
    topic = world.topic(partitions=4)
    first, second = (world.consumer(strategy="cooperative-sticky") for _ in range(2))
    one = join(first, topic)
    drive([first], lambda: len(one.held) == 4)
    two = join(second, topic)
    drive([first, second], lambda: len(one.held) == 2 and len(two.held) == 2)

    given_up = [partition for event, each in one.diary if event == "revoked" for partition in each]
    assert sorted(given_up) == sorted(two.held)
    assert one.held.isdisjoint(two.held)


def test_partitions_of_a_member_that_leaves_go_to_the_others(world: World) -> None:
    topic = world.topic(partitions=2)
    first, second = world.consumer(), world.consumer()
    one, two = join(first, topic), join(second, topic)
    drive([first, second], lambda: len(one.held) == 1 and len(two.held) == 1)

    second.close()

    assert two.held == set()
    drive([first], lambda: len(one.held) == 2)


def test_a_silent_member_hears_of_its_loss_and_comes_back(world: World) -> None:
    # Given two members
    topic = world.topic(partitions=2)
    silent, steady = world.consumer(restless=True), world.consumer(restless=True)
    one, two = join(silent, topic), join(steady, topic)
    drive([silent, steady], lambda: len(one.held) == 1 and len(two.held) == 1)

    # When one falls silent until the other has taken over
    world.forget(silent)
    drive([steady], lambda: len(two.held) == 2)

    # Then it hears that its partition is lost, and gets a share again
    drive([silent, steady], lambda: len(one.held) == 1 and len(two.held) == 1)
    assert [event for event, _ in one.diary][-2:] == ["lost", "assigned"]


def test_a_static_member_that_restarts_disturbs_nobody(world: World) -> None:
    # Given two static members
    topic = world.topic(partitions=2)
    first, second = world.consumer(instance="a"), world.consumer(instance="b")
    one, two = join(first, topic), join(second, topic)
    drive([first, second], lambda: len(one.held) == 1 and len(two.held) == 1)
    had, events = set(two.held), len(one.diary)

    # When one restarts
    second.close()
    again = world.consumer(instance="b")
    back = join(again, topic)
    drive([first, again], lambda: bool(back.held))

    # Then it has the same partition, and the other heard nothing
    assert back.held == had
    assert len(one.diary) == events


def test_a_pause_outlives_a_rebalance(world: World) -> None:
    """Why every `assigned` begins by resuming."""
    # Given a member that paused its partitions, and then went through a rebalance
    topic, producer = world.topic(partitions=2), world.producer()
    first, second = world.consumer(), world.consumer()
    one = join(first, topic)
    drive([first], lambda: len(one.held) == 2)
    first.pause(one.held)
    two = join(second, topic)
    drive([first, second], lambda: len(one.held) == 1 and len(two.held) == 1)

    # When records arrive
    for number in (0, 1):
        producer.produce(Outgoing(topic, b"k", b"v", partition=number), lambda _: None)
    producer.flush(10)
    records(second, 1)

    # Then the partition that it kept is still silent, until it is resumed
    assert [entry for _ in range(10) for entry in first.consume(10, 0.05)] == []
    first.resume(one.held)
    assert {(r.topic, r.partition) for r in records(first, 1)} == one.held


def test_a_partition_placed_and_paused_while_it_is_assigned_waits_for_its_seek(world: World) -> None:
    # Given a listener that does not know yet where to begin
    topic, producer = world.topic(), world.producer()
    for number in range(5):
        producer.produce(Outgoing(topic, b"k", b"%d" % number), lambda _: None)
    producer.flush(10)
    consumer = world.consumer()

    class Pausing(Listening):
        def assigned(self, partitions: Sequence[Partition]) -> None:
            super().assigned(partitions)
            self.consumer.pause(partitions)

    listener = Pausing(consumer)
    consumer.subscribe([topic], listener)
    early = drive([consumer], lambda: bool(listener.held))

    # When it seeks and resumes
    early += consumer.consume(10, 0.2)
    consumer.seek(Position(topic, 0, 3))
    consumer.resume([(topic, 0)])

    # Then it reads from there, and read nothing before
    assert early == []
    assert [r.offset for r in records(consumer, 2)] == [3, 4]


def test_seek_is_refused_while_nothing_is_assigned(world: World) -> None:
    topic, consumer = world.topic(), world.consumer()
    consumer.subscribe([topic], Listening(consumer))

    with pytest.raises(Unavailable):
        consumer.seek(Position(topic, 0, 3))


def test_what_the_listener_raises_comes_out_of_consume(world: World) -> None:
    topic, consumer = world.topic(), world.consumer()

    class Failing(Listening):
        def assigned(self, partitions: Sequence[Partition]) -> None:
            raise ValueError("not these")

    consumer.subscribe([topic], Failing(consumer))

    with pytest.raises(ValueError, match="not these"):
        drive([consumer], lambda: False)
