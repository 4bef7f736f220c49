"""State comes back from the changelog: whole, before anything of its partition flows."""

import pytest
from msgspec.msgpack import Encoder
from msgspec.structs import replace

from stream.adapters.memory import MemoryTransactionalProducer
from stream.core.errors import Misconfigured, ProducerLost, TransactionAborted, Unavailable
from stream.ports import Outgoing, Partition
from stream.runtime.transactional import Tally
from stream.runtime.transactional.progress import TAIL, Progress, decode_progress
from tests.unit.runtime.transactional.counting import encoded
from tests.unit.runtime.transactional.rig import SETTINGS, Rig, took


def fill(rig: Rig, number: int, entries: int, count: int = 5) -> None:
    for index in range(entries):
        key = f"{number}-{index}".encode()
        rig.broker.publish(Outgoing("state", key, encoded(count), partition=number))


def test_a_successor_counts_on_from_what_was_committed() -> None:
    rig = Rig(partitions=2)
    for key in ("0-a", "1-a", "0-a"):
        rig.send(key)
    first = rig.process("a")
    rig.settle(first)
    first.runner.close()

    rig.send("0-a")
    second = rig.process("b")
    rig.settle(second)

    assert took("first-0-2", 3) in rig.outputs()


def test_a_successor_gets_what_was_kept_of_each_partition() -> None:
    rig = Rig(partitions=2)
    first = rig.process("a")
    for key in ("0-a", "1-a", "0-b", "0-a"):
        rig.send(key)
    rig.settle(first)
    first.kill()
    second = rig.process("b")
    rig.send("0-a")
    rig.settle(second)
    assert second.processor.handled == {0: 4, 1: 1}


def test_what_is_kept_is_as_of_the_last_commit_and_not_of_what_its_owner_began() -> None:
    # Given a process that dies with records in hand, whose transaction never counted
    rig = Rig(partitions=1)
    first = rig.process("a")
    rig.send("0-a")
    rig.settle(first)
    for _ in range(2):
        rig.broker.fail("commit", TransactionAborted("not now"))
    rig.send("0-a")
    rig.settle(first, until=lambda: first.notes.tallies[Tally.ABORTED] == 2)
    assert first.processor.handled == {0: 3}
    first.kill()
    # When another one takes over, then it knows of the first record alone, and takes the second
    second = rig.process("b")
    rig.settle(second)
    assert second.processor.handled == {0: 2}


def test_a_process_whose_commit_counted_after_all_believes_what_is_written() -> None:
    rig = Rig(partitions=1)
    process = rig.process("a")
    rig.send("0-a")
    rig.settle(process)
    rig.broker.fail("commit", ProducerLost("gone"), applied=True)
    rig.send("0-a")
    rig.settle(process)
    process.turn(5)
    assert (process.processor.handled, process.notes.tallies[Tally.REBUILT]) == ({0: 2}, 1)


def test_progress_of_an_older_version_kept_nothing() -> None:
    assert decode_progress(Encoder().encode(["stamp", {"first": 7}])) == Progress("stamp", {"first": 7}, b"")


def test_nothing_of_a_partition_flows_before_its_state_is_whole_and_others_go_on() -> None:
    # Given a large changelog in partition 0, a small one in partition 1, and slow steps
    rig = Rig(partitions=2)
    fill(rig, 0, 50)
    fill(rig, 1, 1)
    process = rig.process(settings=replace(SETTINGS, restore_batch=5))

    # When records come for both while it restores
    outputs: list[list[str]] = []
    for turn in range(30):
        rig.send(f"1-{turn}")
        rig.send("0-49")
        process.turn()
        outputs.append(rig.outputs())
    rig.settle(process)

    # Then partition 1 flowed while 0 did not, and 0 knew its last key from its first output on
    early = next(each for each in outputs if each)
    assert all(output.startswith("took first-1-") for output in early)
    assert [o for o in rig.outputs() if "first-0-" in o] == [took(f"first-0-{n}", 6 + n) for n in range(30)]
    assert sorted(process.notes.restores) == [(0, 50), (1, 1)]


def test_a_transaction_that_hangs_over_the_changelogs_end_is_waited_for() -> None:
    """The stable end is not the end: what lies beyond it may be committed after all."""
    # Given a commit that the broker took, whose markers are late in the changelog
    rig = Rig(partitions=1)
    first = rig.process("a")
    rig.send("0-a")
    rig.settle(first)
    first.kill()
    hanging = _entry_without_marker(rig, "0-a", 7)

    # When a successor restores
    rig.send("0-a")
    second = rig.process("b")
    second.turn(20)
    assert rig.outputs() == [took("first-0-0", 1)]

    # Then it waits for that transaction's end, and counts on from it
    hanging.commit()
    rig.settle(second)
    assert rig.outputs()[-1] == took("first-0-1", 8)


def _entry_without_marker(rig: Rig, key: str, count: int) -> MemoryTransactionalProducer:
    producer = MemoryTransactionalProducer(rig.broker, "hanging")
    producer.begin()
    producer.produce([Outgoing("state", key.encode(), encoded(count), partition=0)])
    return producer


def test_positions_are_asked_for_before_the_changelogs_end() -> None:
    """The other way round, what is committed in between is in the positions and not in the state."""
    # Given a predecessor whose transaction is committed at the worst moment
    rig = Rig(partitions=1)
    first = rig.process("a")
    rig.settle(first, until=lambda: bool(first.notes.restores))
    second = rig.process("b")
    rig.send("0-a")
    asked: list[str] = []
    committed, end = second.consumer.committed, second.runner._changelog.end

    def spied_committed(*arguments: object) -> object:
        asked.append("positions")
        return committed(*arguments)  # type: ignore[arg-type]

    def spied_end(*arguments: object) -> int:
        asked.append("end")
        return end(*arguments)  # type: ignore[arg-type]

    second.consumer.committed = spied_committed  # type: ignore[assignment, method-assign]
    second.runner._changelog.end = spied_end  # type: ignore[assignment, method-assign]

    # When the other takes over
    first.kill()
    rig.settle(second)

    # Then the order held
    assert asked[:2] == ["positions", "end"]


def test_a_compacted_changelog_with_holes_and_tombstones_is_restored() -> None:
    rig = Rig(partitions=1)
    first = rig.process("a")
    for command in ("count", "count", "forget", "count"):
        rig.send("0-a", command)
        rig.send("0-b")
        rig.settle(first)
    first.kill()
    rig.broker.log(("state", 0)).compact()
    rig.broker.log(("first", 0)).skip(40_000)

    rig.send("0-a")
    rig.send("0-b")
    second = rig.process("b")
    rig.settle(second)

    assert rig.state() == {b"0-a": encoded(2), b"0-b": encoded(5)}


def test_a_broker_that_has_forgotten_positions_makes_nothing_happen_twice() -> None:
    # Given a shard whose inputs were all read, and a broker that comes back with positions of long before
    rig = Rig(partitions=1)
    first = rig.process("a")
    rig.send("0-a")
    rig.settle(first)
    before = rig.positions()
    for _ in range(3):
        rig.send("0-a")
        rig.send("0-b", topic="second")
        rig.settle(first)
    first.kill()
    rig.go_back(before)
    # When another process takes over, then it goes on where the state is
    second = rig.process("b")
    rig.send("0-a")
    rig.settle(second)
    assert rig.state() == {b"0-a": encoded(5), b"0-b": encoded(3)}
    assert len(rig.outputs()) == 8
    assert second.notes.tallies[Tally.BEHIND_STATE] == 1


def test_a_topic_of_which_the_group_knows_nothing_is_read_from_its_beginning() -> None:
    # Given a topic that was deleted with its positions, and made anew, and an input that is no longer read
    rig = Rig(partitions=1)
    first = rig.process("a")
    for _ in range(3):
        rig.send("0-a")
    rig.settle(first)
    first.kill()
    rig.broker.create_topic("first", 1)
    rig.go_back({})
    # When more has come there than the state had read of the old one
    for _ in range(5):
        rig.send("0-b")
    rig.settle(rig.process("b"))
    # Then nothing of it is left out
    assert rig.state() == {b"0-a": encoded(3), b"0-b": encoded(5)}


def test_a_broker_that_has_forgotten_a_partitions_first_commit_makes_nothing_happen_twice() -> None:
    # Given the first inputs of a topic, and a broker that comes back from before the group had any position
    rig = Rig(partitions=1)
    first = rig.process("a")
    for _ in range(3):
        rig.send("0-a")
    rig.settle(first)
    first.kill()
    rig.go_back({})
    # When another process takes over, then it goes on where the state is: the topic is still the same
    second = rig.process("b")
    rig.send("0-a")
    rig.send("0-b", topic="second")
    rig.settle(second)
    assert rig.state() == {b"0-a": encoded(4), b"0-b": encoded(1)}
    assert second.notes.tallies[Tally.BEHIND_STATE] == 1


@pytest.mark.parametrize("cut", ["made anew", "cut"])
def test_a_state_that_was_deleted_under_its_positions_is_told(cut: str) -> None:
    # Given a changelog that somebody deletes, or whose last records are lost, while the positions stay
    rig = Rig(partitions=1)
    first = rig.process("a")
    rig.send("0-a")
    rig.settle(first)
    rig.send("0-b")
    kept = rig.broker.log(("state", 0)).end
    rig.settle(first)
    first.kill()
    if cut == "made anew":
        rig.broker.create_topic("state", 1)
    else:
        rig.broker.log(("state", 0)).cut(kept)
    # When a process restores it
    second = rig.process("b")
    rig.send("0-a")
    rig.settle(second)
    # Then it goes on from the positions, and says what is missing
    assert second.notes.tallies[Tally.STATE_LOST] == 1


def test_no_state_counts_as_lost_where_nothing_was_done() -> None:
    rig = Rig(partitions=2)
    first = rig.process("a")
    rig.send("0-a")
    rig.settle(first, until=lambda: len(rig.outputs()) == 1)
    first.kill()
    second = rig.process("b")
    rig.send("1-a")
    rig.settle(second, until=lambda: len(rig.outputs()) == 2)
    assert second.notes.tallies[Tally.STATE_LOST] == 0


def test_state_in_memory_whose_changelog_begins_later_than_its_tail_is_read_anew() -> None:
    # Given a shard whose state is in memory, and a changelog that lost all but its last records
    rig = Rig(partitions=1)
    process = rig.process("a")
    for _ in range(5):
        rig.send("0-a")
        rig.settle(process)
    log = rig.broker.log(("state", 0))
    log.skip(2 * TAIL)
    log.retain(log.end - 1)
    # When the partition goes and comes back
    rig.broker.rebalance("group")
    rig.send("0-b")
    # Then it flows again
    rig.settle(process)
    assert len(rig.outputs()) == 6


def test_state_kept_aside_is_not_taken_for_good_because_the_broker_went_back_to_when_it_was() -> None:
    # Given state that a process keeps aside while another one goes on
    rig = Rig(partitions=1)
    first = rig.process("a")
    rig.send("0-a")
    rig.settle(first)
    before = rig.positions()
    first.consumer.expire()
    second = rig.process("b")
    rig.send("0-a")
    rig.settle(second)
    second.kill()
    # When the first one gets the shard back, from a broker that remembers nothing of the other
    rig.go_back(before)
    rig.send("0-a")
    rig.settle(first)
    # Then it has read the state anew
    assert rig.state() == {b"0-a": encoded(3)}
    assert first.notes.tallies[Tally.KEPT] == 0


def test_an_end_that_cannot_be_told_is_asked_for_again() -> None:
    rig = Rig(partitions=2)
    for _ in range(3):
        rig.broker.fail("end", Unavailable("not now"))
    rig.send("0-a")
    rig.send("1-a")
    process = rig.process()
    rig.settle(process)

    assert len(rig.outputs()) == 2
    assert process.notes.tallies[Tally.UNANSWERED] == 3


def test_a_partition_that_cannot_be_restored_holds_up_no_other_after_a_lost_producer_either() -> None:
    # Given a partition whose changelog does not answer, and another that flows
    rig = Rig(partitions=2)
    process = rig.process()
    end = process.runner._changelog.end

    def refusing(partition: Partition, timeout: float) -> int:
        if partition == ("state", 1):
            raise Unavailable("its leader is gone")
        return end(partition, timeout)

    process.runner._changelog.end = refusing  # type: ignore[method-assign]
    rig.send("0-a")
    rig.settle(process, until=lambda: len(rig.outputs()) == 1)

    # When a transaction's outcome is not known, so that all is asked for anew
    rig.broker.fail("commit", ProducerLost("no answer"))
    rig.send("0-a")

    # Then the one that can flows again
    rig.settle(process, until=lambda: len(rig.outputs()) == 2)


def test_a_partition_that_goes_while_it_is_restored_is_left_alone() -> None:
    # Given two processes, one of which restores slowly
    rig = Rig(partitions=2)
    fill(rig, 0, 50)
    fill(rig, 1, 50)
    slow = rig.process("a", settings=replace(SETTINGS, restore_batch=3))
    slow.turn(4)
    other = rig.process("b")

    # When the other joins and takes a partition
    for number in (0, 1):
        rig.send(f"{number}-49")
    rig.settle(slow, other)

    # Then both are restored where they are, once each
    assert sorted(rig.outputs()) == [took("first-0-0", 6), took("first-1-0", 6)]


def test_restore_and_waiting_are_told() -> None:
    rig = Rig(partitions=2)
    fill(rig, 0, 30)
    process = rig.process(settings=replace(SETTINGS, restore_batch=10))
    process.turn(4)
    process.runner._reported = 0.0
    process.turn()
    levels = process.notes.last

    assert levels is not None
    assert (levels.joined, levels.assigned, levels.live) == (True, 2, 1)
    assert 0 < levels.to_restore < 30
    assert levels.waiting_seconds > 0


def test_levels_tell_entries_and_lag() -> None:
    rig = Rig(partitions=2)
    process = rig.process(settings=replace(SETTINGS, batch=3))
    rig.settle(process, until=lambda: len(process.notes.restores) == 2)
    for index in range(10):
        rig.send(f"0-{index}")
    process.turn(2)
    process.runner._reported = 0.0
    process.turn()

    assert process.notes.last is not None
    assert process.notes.last.entries + process.notes.last.lag == 10
    assert process.notes.last.lag > 0
    assert process.notes.last.waiting_seconds == 0


def test_a_changelog_that_lost_its_head_is_read_from_what_is_left() -> None:
    rig = Rig(partitions=1)
    fill(rig, 0, 10)
    rig.broker.log(("state", 0)).retain(5)
    rig.send("0-9")
    rig.settle(rig.process())

    assert rig.outputs() == [took("first-0-0", 6)]


def test_the_weight_of_what_waits_is_there_as_soon_as_its_partition_is_whole() -> None:
    # Given states that weigh 5 each, 30 in all
    rig = Rig(partitions=2)
    fill(rig, 0, 20)
    fill(rig, 1, 10)
    process = rig.process()
    # When they are restored, and one of them gets heavier by 1
    rig.send("0-3")
    rig.settle(process)
    process.runner._reported = 0
    process.turn()
    # Then the levels tell their sum
    assert process.notes.last is not None
    assert process.notes.last.weight == 30 * 5 + 1


def test_a_state_of_another_format_ends_the_process_and_says_where_it_lies() -> None:
    # Given a changelog whose second entry another version wrote
    rig = Rig(partitions=1)
    fill(rig, 0, 1)
    rig.broker.publish(Outgoing("state", b"0-x", b"something else", partition=0))
    process = rig.process()
    # When it is restored / Then nothing is guessed, and nothing flows
    rig.send("0-a")
    with pytest.raises(
        Misconfigured, match=r"the state at state\[0\]@1 cannot be read.*the version of Sluice"
    ):
        process.turn(20)
    assert rig.outputs() == []
