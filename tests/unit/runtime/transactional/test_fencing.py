"""A process that was replaced while it had records in hand, and the membership that refuses it."""

import pytest

from stream.adapters.memory.group import MemoryMembership
from stream.core.errors import Fenced, Misconfigured
from stream.ports import Outgoing, Record
from stream.runtime.transactional import Tally
from tests.unit.runtime.transactional.rig import TOPICS, Process, Rig, took


def live(rig: Rig, *processes: Process) -> None:
    """Steps the processes until every partition flows somewhere."""
    rig.settle(*processes, until=lambda: flowing(*processes) == rig.partitions)


def flowing(*processes: Process) -> int:
    shards = [shard for each in processes for shard in each.runner._assignment.shards.values()]
    return sum(shard.ready for shard in shards)


def test_a_process_that_was_replaced_with_records_in_hand_is_refused() -> None:
    # Given a process in the middle of a batch
    rig = Rig(partitions=1)
    stopped, other = rig.process("stopped"), None
    live(rig, stopped)
    rig.send("0-a")
    rig.send("0-a")

    def meanwhile() -> None:
        nonlocal other
        if other is None:
            stopped.consumer.expire()
            # What a client that left its group may answer, and brokers do not check.
            stopped.consumer.membership = lambda: MemoryMembership("group", "", -1)  # type: ignore[method-assign]
            other = rig.process("other")
            rig.settle(other)

    # When the group gives it up, and another processes the same records before it goes on
    stopped.processor.before_step = meanwhile
    stopped.turn()

    # Then nothing of its batch counts: its membership was pinned when it got its partitions
    assert other is not None
    rig.settle(stopped, other)
    assert rig.outputs() == [took("first-0-0", 1), took("first-0-1", 2)]
    assert stopped.notes.tallies[Tally.ABORTED] == 1


def test_a_timer_of_a_process_that_was_replaced_is_refused() -> None:
    """A transaction that moves no position must carry positions all the same, or nothing refuses it."""
    # Given a timer that is due, and a process in the middle of it
    rig = Rig(partitions=1)
    stopped, other = rig.process("stopped"), None
    rig.send("0-a", "wake 1000500")
    rig.settle(stopped)
    rig.now = 1_002_000

    def meanwhile() -> None:
        nonlocal other
        if other is None:
            stopped.consumer.expire()
            other = rig.process("other")
            live(rig, other)
            other.turn(3)

    # When another takes over and fires it
    stopped.processor.before_step = meanwhile
    stopped.turn(3)

    # Then it fired once
    assert [output for output in rig.outputs() if "woke" in output] == ["woke 0-a 2"]


def test_state_is_not_kept_if_another_fired_a_timer_in_between() -> None:
    """Positions alone cannot tell: that transaction moved none. Its stamp tells."""
    # Given a process that loses its partition
    rig = Rig(partitions=1)
    first = rig.process("first")
    rig.send("0-a", "wake 1000500")
    rig.settle(first)
    first.consumer.expire()
    second = rig.process("second")
    live(rig, second)
    rig.now = 1_002_000
    second.turn(3)
    assert rig.outputs()[-1] == "woke 0-a 2"

    # When it gets the partition back, with the same positions
    second.kill()
    first.turn(20)
    rig.send("0-a")
    rig.settle(first)

    # Then it counts on from the other's state
    assert rig.outputs()[1:] == ["woke 0-a 2", took("first-0-1", 3)]
    assert first.notes.tallies[Tally.KEPT] == 0


def test_state_is_kept_if_nobody_wrote_in_between() -> None:
    rig = Rig(partitions=2)
    process = rig.process()
    for key in ("0-a", "1-a"):
        rig.send(key)
    rig.settle(process)
    restores = len(process.notes.restores)

    rig.broker.rebalance("group")
    for key in ("0-a", "1-a"):
        rig.send(key)
    rig.settle(process)

    assert process.notes.tallies[Tally.KEPT] == 2
    assert len(process.notes.restores) == restores
    assert sorted(output.split()[-1] for output in rig.outputs()) == ["1", "1", "2", "2"]


def test_records_that_came_beside_a_rebalance_are_read_again() -> None:
    """A batch that a rebalance was served beside may belong to the former assignment."""
    # Given a process, and records that its client has already fetched
    rig = Rig(partitions=2)
    process = rig.process()
    live(rig, process)
    for _ in range(3):
        rig.send("0-a")
        rig.send("1-a")

    # When the rebalance comes with them
    rig.broker.rebalance("group")
    process.turn()

    # Then they are not processed before the new assignment's own reading
    assert process.notes.tallies[Tally.DISCARDED] == 6
    assert process.notes.transactions == []
    rig.settle(process)
    assert [output for output in rig.outputs() if "-0-" in output] == [
        took(f"first-0-{offset}", offset + 1) for offset in range(3)
    ]


def test_nothing_is_taken_for_a_partition_whose_state_is_not_confirmed_yet() -> None:
    """A client may hand records out that it fetched before it was paused."""
    # Given a process whose partition came back, before it looked what is committed
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.settle(process)
    rig.broker.rebalance("group")
    assignment = process.runner._assignment
    while not assignment.epoch or assignment.shards == {} or assignment.shards[0].ready:
        process.consumer.consume(10, 0)

    # When a record comes all the same
    stray = Record("first", 0, 1, b"0-a", b"count")

    # Then it is not taken; it will be read again from the partition's mark
    assert assignment.admitted([stray]) == []


def test_a_pause_of_the_former_assignment_does_not_outlive_it() -> None:
    """Mistake 2: librdkafka keeps a pause across revoke and assign."""
    rig = Rig(partitions=1)
    process = rig.process()
    live(rig, process)
    rig.broker.rebalance("group")
    process.turn()
    process.consumer.pause([(topic, 0) for topic in TOPICS])
    rig.send("0-a")

    rig.settle(process)

    assert rig.outputs() == [took("first-0-0", 1)]


@pytest.mark.parametrize("members", [2, 3])
def test_partitions_of_one_number_come_together_and_move_together(members: int) -> None:
    # Given records of both topics for each key
    rig = Rig(partitions=6)
    processes = [rig.process("p0")]
    live(rig, *processes)
    for number in range(6):
        for topic in TOPICS:
            rig.send(f"{number}-a", topic=topic)

    # When members join one by one
    for index in range(1, members):
        processes.append(rig.process(f"p{index}"))
        rig.settle(*processes)
    live(rig, *processes)
    for number in range(6):
        rig.send(f"{number}-a")
    rig.settle(*processes)

    # Then each has a share, and each key's state went with it
    assert all(flowing(each) == 6 // members for each in processes)
    assert sorted(output.split()[-1] for output in rig.outputs()) == ["1"] * 6 + ["2"] * 6 + ["3"] * 6


def test_topics_that_are_not_assigned_together_end_the_process() -> None:
    rig = Rig(partitions=2)
    rig.broker.create_topic("second", 1)
    process = rig.process()

    with pytest.raises(Misconfigured, match="equal partition counts"):
        process.turn(5)


def test_a_process_whose_name_is_taken_ends() -> None:
    rig = Rig(partitions=1, static=True)
    older = rig.process("gate-0")
    live(rig, older)
    newer = rig.process("gate-0")
    live(rig, newer)

    with pytest.raises(Fenced, match="taken over"):
        older.turn(3)


def test_a_static_process_that_restarts_gets_its_partitions_back_without_a_rebalance() -> None:
    rig = Rig(partitions=2, static=True)
    one, two = rig.process("gate-0"), rig.process("gate-1")
    live(rig, one, two)
    epoch = one.runner._assignment.epoch

    two.runner.close()
    again = rig.process("gate-1")
    live(rig, one, again)
    for key in ("0-a", "1-a"):
        rig.send(key)
    rig.settle(one, again)

    assert one.runner._assignment.epoch == epoch
    assert len(rig.outputs()) == 2


def test_a_crash_in_the_middle_of_a_transaction_leaves_nothing_behind() -> None:
    # Given a process that dies with a transaction open
    rig = Rig(partitions=1)
    dying = rig.process("a")
    live(rig, dying)
    rig.send("0-a")
    rig.send("0-a")
    steps = iter(range(10))

    def die_at_the_second() -> None:
        if next(steps) == 1:
            raise KeyboardInterrupt

    dying.processor.before_step = die_at_the_second
    with pytest.raises(KeyboardInterrupt):
        dying.turn()
    assert rig.outputs() == []
    dying.kill()

    # When its successor takes over under the same name
    again = rig.process("a")
    rig.settle(again)

    # Then the batch has run once
    assert rig.outputs() == [took("first-0-0", 1), took("first-0-1", 2)]


def test_records_of_others_in_an_open_transaction_wait_until_it_is_settled() -> None:
    # Given a dead process that left positions in an open transaction
    rig = Rig(partitions=2)
    dead = rig.process("dead")
    live(rig, dead)
    rig.send("0-a")
    commit = dead.runner._identity.producer.commit
    dead.runner._identity.producer.commit = lambda: None  # type: ignore[method-assign]
    dead.turn()
    dead.runner._identity.producer.commit = commit  # type: ignore[method-assign]
    dead.kill()

    # When another takes both partitions over
    other = rig.process("other")
    rig.settle(other, until=lambda: flowing(other) == 1)
    rig.send("1-a")
    rig.settle(other, until=lambda: len(rig.outputs()) == 1)
    other.turn(10)

    # Then the untouched one flows, the other waits and is asked for again
    assert rig.outputs() == [took("first-1-0", 1)]
    assert other.notes.tallies[Tally.UNANSWERED] > 2
    rig.broker.time_out("dead")
    rig.settle(other)
    assert sorted(rig.outputs()) == [took("first-0-0", 1), took("first-1-0", 1)]


def test_the_foreign_partition_of_a_record_does_not_matter_to_the_runner() -> None:
    rig = Rig(partitions=2)
    process = rig.process()
    rig.broker.publish(Outgoing("first", b"0-a", b"count", partition=1))
    rig.send("0-a")
    rig.settle(process)

    assert sorted(rig.outputs()) == [took("first-0-0", 1), took("first-1-0", 1)]
