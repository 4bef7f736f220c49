"""Partitions that come, go, come back, and are lost."""

import pytest
from msgspec.structs import replace

from stream.adapters.memory.log import Fate, Ticket
from stream.core.errors import Unavailable
from stream.ports import Consumed, Position
from stream.runtime.concurrent import Ending, Tally
from tests.unit.runtime.concurrent.rig import SETTINGS, WORK, Rig, answer, fresh_broker, settled


def pair(records: int = 20) -> tuple[Rig, Rig]:
    """Two members that share two partitions with work in both."""
    first = Rig(fresh_broker(2))
    first.put(records)
    first.put(records, partition=1)
    settled(first)
    second = Rig(first.broker, clock=first.clock)
    for _ in range(8):
        first.turn()
        second.turn()
    return first, second


def partitions(rig: Rig) -> set[int]:
    return {number for _, number in rig.runner._intakes[0].rebalance.assignments}


def test_what_the_metadata_says_is_done_is_not_done_again() -> None:
    # Given a member that finished 1, 3 and 4 of six and committed
    first = Rig()
    first.put(6)
    settled(first).hand.finish(1, 3, 4)
    first.commit()
    first.stop()

    # When another one takes the partition
    second = settled(Rig(first.broker))

    # Then it handles the rest only
    assert second.hand.offsets == [0, 2, 5]
    assert second.notes.tallies[Tally.SKIPPED] == 3


def test_a_done_offset_exactly_at_the_base_is_not_repeated_by_the_next_member() -> None:
    # Given a member before us that finished 1 and not 0 (mistake 1)
    first = Rig()
    first.put(3)
    settled(first).hand.finish(1)
    first.commit()
    first.stop()

    # When the next one finishes 0 before it is delivered more, and commits
    second = Rig(first.broker, settings=replace(SETTINGS, slots=1, gulp=1))
    second.turn(4)
    second.hand.finish(0)
    second.turn()
    second.hand.running.clear()
    second.clock.pass_by(1)
    second.turn(2)
    second.consumer.expire()

    # Then the third one does not see 1 again
    third = settled(Rig(first.broker))
    assert third.hand.offsets == [2]


def test_a_partition_that_was_paused_when_it_went_is_read_when_it_comes_back() -> None:
    # Given a partition paused for a full window (mistake 2: a pause survives revoke and assign)
    rig = Rig(settings=replace(SETTINGS, slots=1, read_ahead=1, gulp=2))
    rig.put(20)
    settled(rig)
    assert rig.consumer._fetch.paused

    # When the group gives it up and it comes back
    rig.consumer.expire()
    rig.turn(6)

    # Then its records flow to the last
    for _ in range(60):
        rig.hand.finish_all()
        rig.turn()
    rig.commit()
    assert rig.committed() == (20, set())


def test_a_revoked_partition_is_handed_over_with_all_that_was_done() -> None:
    first = Rig(fresh_broker(2))
    first.put(5)
    first.put(5, partition=1)
    settled(first)
    for partition in (0, 1):
        first.hand.finish(0, 2, partition=partition)

    second = Rig(first.broker, clock=first.clock)
    for _ in range(8):
        first.turn()
        second.turn()

    [taken] = partitions(second)
    assert sorted(item.record.offset for item in second.hand.running) == [1, 3, 4]
    assert first.committed(taken) == (1, {2})


def test_what_runs_for_a_revoked_partition_is_cancelled_and_leaves_no_trace() -> None:
    first, second = pair(5)

    [taken] = partitions(second)

    assert {item.record.partition for item in first.hand.running} == {1 - taken}
    assert first.notes.endings[Ending.STALE] == 5
    assert first.published() == []


def test_an_answer_that_comes_after_its_partition_went_is_discarded() -> None:
    # Given a handler that does not hear its cancelling
    first = Rig(fresh_broker(2))
    first.put(1)
    first.put(1, partition=1)
    settled(first).hand.stubborn = True
    second = Rig(first.broker, clock=first.clock)
    for _ in range(8):
        first.turn()
        second.turn()
    [taken] = partitions(second)

    # When it answers at last
    first.hand.finish(0, partition=taken)
    first.turn()

    # Then nothing of it is published, and its slot is free
    assert first.published() == []
    assert first.runner.in_flight == 1


def test_a_stale_answer_does_not_count_for_the_partition_that_came_back() -> None:
    # Given a record running for an assignment that was lost, and its partition assigned anew
    rig = Rig()
    rig.put(2)
    settled(rig).hand.stubborn = True
    former = rig.hand.at(1)
    rig.consumer.expire()
    rig.turn(6)
    assert rig.hand.offsets == [0, 0, 1, 1]

    # When the former handler answers
    rig.hand.end(former, (answer(former.record),))
    rig.commit()

    # Then the record is not done: the present one goes on
    assert rig.published() == []
    assert rig.committed() == (0, set())


def test_a_slot_is_not_given_away_while_its_stale_handler_still_runs() -> None:
    rig = Rig()
    rig.put(100)
    settled(rig).hand.stubborn = True

    rig.consumer.expire()
    rig.turn(10)

    assert rig.hand.most == 10


def test_lost_partitions_are_dropped_and_nothing_is_committed_for_them() -> None:
    # Given a member that finished work after the group gave it up
    rig = Rig()
    rig.put(3)
    settled(rig)
    rig.consumer.expire()
    other = settled(Rig(rig.broker, clock=rig.clock))
    other.hand.finish_all()
    other.commit()

    # When it learns of that, with an answer in hand
    rig.hand.finish(0)
    rig.turn(1)
    rig.clock.pass_by(1)
    rig.turn(1)

    # Then it did not even try, and the other one's word stands
    assert rig.notes.tallies[Tally.COMMIT_FAILED] == 0
    assert other.committed() == (3, set())


def test_a_second_holder_of_a_partition_does_not_overwrite_what_the_new_one_commits() -> None:
    """The broker checks the member, not the partition: so what was revoked must be forgotten at once."""
    first, second = pair(5)
    [taken] = partitions(second)
    assert partitions(first) == {1 - taken}
    second.hand.finish_all()
    second.commit()

    first.hand.finish_all()
    first.commit()

    assert second.committed(taken) == (5, set())


def test_without_an_answer_for_committed_offsets_the_partition_waits_and_others_go_on() -> None:
    # Given a member at work, and a second partition that comes while the broker does not answer
    first, second = pair()
    [taken] = partitions(second)
    for _ in range(3):
        first.broker.fail("committed", Unavailable("an open transaction holds the offsets"))
    second.stop()
    first.turn(4)
    assert {item.record.partition for item in first.hand.running} == {1 - taken}
    assert (WORK, taken) in first.consumer._fetch.paused

    # When work goes on
    first.hand.finish(0, partition=1 - taken)
    first.turn(2)
    assert first.published() == [f"{1 - taken}:0"]

    # Then the question is asked again, with pauses, until it is answered
    first.turn(20)
    assert first.notes.tallies[Tally.UNANSWERED] == 1
    for _ in range(4):
        first.clock.pass_by(0.6)
        first.hand.finish_all()
        first.turn(2)
    assert first.notes.tallies[Tally.UNANSWERED] == 3
    assert taken in {record.partition for record in first.hand.started[10:]}


def test_a_partition_that_hangs_in_a_transaction_does_not_keep_those_assigned_with_it() -> None:
    # Given two partitions, the committed offset of the first of which hangs in an open transaction
    rig = Rig(fresh_broker(2))
    rig.put(3)
    rig.put(3, partition=1)
    ticket = Ticket()
    rig.broker.group("group-work", "cooperative-sticky").hold(ticket, {(WORK, 0): Position(WORK, 0, 1)})

    # When the member asks, and asks again
    settled(rig)
    for _ in range(4):
        rig.clock.pass_by(0.6)
        rig.turn()

    # Then it works on the other one
    assert {item.record.partition for item in rig.hand.running} == {1}
    ticket.fate = Fate.COMMITTED
    rig.broker.group("group-work", "cooperative-sticky").settle(ticket)
    rig.clock.pass_by(0.6)
    rig.turn(3)
    assert len(rig.hand.running) == 5


def test_an_unanswered_partition_begins_where_it_was_committed() -> None:
    first = Rig()
    first.put(6)
    settled(first).hand.finish(0, 1, 3)
    first.commit()
    first.stop()

    second = Rig(first.broker, clock=first.clock)
    second.broker.fail("committed", Unavailable("no answer"))
    settled(second)
    assert second.hand.running == []
    second.clock.pass_by(0.6)
    second.turn(3)

    assert second.hand.offsets == [2, 4, 5]


@pytest.mark.parametrize("metadata", ["from another tool", "B\x00", "Rzzzzz~~~~", "X0000"])
def test_malformed_metadata_is_told_and_work_begins_at_the_committed_offset(metadata: str) -> None:
    rig = Rig()
    rig.put(5)
    rig.broker.group("group-work", "cooperative-sticky").commit({(WORK, 0): Position(WORK, 0, 2, metadata)})

    settled(rig)

    assert rig.hand.offsets == [2, 3, 4]
    assert rig.notes.tallies[Tally.MALFORMED_METADATA] == 1


def test_records_that_retention_took_are_told_and_work_goes_on_behind_them() -> None:
    # Given a committed offset that retention has overtaken
    rig = Rig()
    rig.put(10)
    rig.broker.group("group-work", "cooperative-sticky").commit({(WORK, 0): Position(WORK, 0, 2)})
    rig.broker.log((WORK, 0)).retain(7)

    settled(rig).turn(3)

    assert rig.notes.tallies[Tally.RECORDS_LOST] == 1
    assert rig.hand.offsets == [7, 8, 9]
    rig.hand.finish_all()
    rig.commit()
    assert rig.committed() == (10, set())


def test_after_the_log_was_cut_its_records_are_handled_from_the_start() -> None:
    # Given a committed offset beyond the end of a topic that was made anew
    rig = Rig()
    rig.put(3)
    rig.broker.group("group-work", "cooperative-sticky").commit({(WORK, 0): Position(WORK, 0, 500)})

    settled(rig).turn(3)
    rig.hand.finish_all()
    rig.commit()

    assert sorted(rig.published()) == ["0:0", "0:1", "0:2"]
    assert rig.committed() == (3, set())


def test_what_runs_while_records_are_lost_still_counts_for_readers() -> None:
    # Given a record in flight when retention overtakes the place that is read next
    rig = Rig(settings=replace(SETTINGS, slots=1, read_ahead=1, gulp=1))
    rig.put(10)
    settled(rig)
    assert rig.hand.offsets == [0]
    rig.broker.log((WORK, 0)).retain(8)

    # When it ends, and all behind it
    for _ in range(20):
        rig.hand.finish_all()
        rig.turn()
    rig.commit()

    assert "0:0" in rig.published()
    assert "0:9" in rig.published()
    assert rig.committed() == (10, set())


def test_a_partition_without_commits_begins_at_the_first_record_retained() -> None:
    rig = Rig()
    rig.put(30)
    rig.broker.log((WORK, 0)).retain(25)

    settled(rig)

    assert rig.hand.offsets == [25, 26, 27, 28, 29]
    assert rig.notes.tallies[Tally.RECORDS_LOST] == 0


@pytest.mark.parametrize("rebalance_first", [True, False])
def test_records_that_came_beside_a_rebalance_are_read_again_from_the_right_place(
    rebalance_first: bool,
) -> None:
    # Given a member in the middle of its partition, with nothing done
    rig = Rig(settings=replace(SETTINGS, slots=3, gulp=4))
    rig.put(60)
    settled(rig)
    rebalance = rig.runner._intakes[0].rebalance
    consume = rig.consumer.consume

    # When one poll loses the partition, gets it back, and returns records from before that or after
    def hasty(limit: int, timeout: float) -> list[Consumed]:
        records = [] if rebalance_first else consume(limit, timeout)
        rebalance.lost([(WORK, 0)])
        rebalance.assigned([(WORK, 0)])
        return records or consume(limit, timeout)

    rig.consumer.consume = hasty  # type: ignore[method-assign]
    rig.turn()
    rig.consumer.consume = consume  # type: ignore[method-assign]
    for _ in range(80):
        rig.hand.finish_all()
        rig.turn()
    rig.commit()

    # Then no offset was stepped over
    assert {*rig.published()} == {f"0:{offset}" for offset in range(60)}
    assert rig.committed() == (60, set())


def test_an_acknowledgement_for_a_partition_that_went_counts_as_stale() -> None:
    # Given an answer on its way when the partition is lost
    rig = Rig()
    rig.put()
    settled(rig).hand.finish(0)
    rig.consumer.expire()

    rig.turn(2)

    assert rig.notes.endings == {Ending.STALE: 1}
    assert rig.position() is None


def test_records_of_a_partition_whose_place_is_not_known_are_not_taken() -> None:
    # Given a partition that nobody tells the committed offset of, fetched in spite of its pause
    rig = Rig()
    rig.put(5)
    rig.broker.fail("committed", Unavailable("no answer"))
    settled(rig)
    rig.consumer.resume([(WORK, 0)])

    rig.turn(3)

    assert rig.hand.started == []


def test_a_topic_made_anew_while_it_is_read_is_handled_from_its_start() -> None:
    # Given a member that is done with ten records when the topic is dropped and made again
    rig = Rig()
    rig.put(10)
    settled(rig).hand.finish_all()
    rig.commit()
    rig.broker.create_topic(WORK, 1)
    rig.put(3)

    rig.turn(4)

    assert rig.hand.offsets == [0, 1, 2]
