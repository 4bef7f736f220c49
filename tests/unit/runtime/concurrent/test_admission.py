"""What may enter the window, what waits for it, and who goes first."""

import pytest
from msgspec.structs import replace

from stream.core.errors import Misconfigured, Unavailable
from stream.runtime.concurrent import Settings, Tally
from stream.runtime.concurrent.offsets import MAX_SPAN
from tests.unit.runtime.concurrent.rig import SETTINGS, WORK, Rig, fresh_broker, settled


def test_no_more_records_are_in_flight_than_there_are_slots() -> None:
    rig = Rig()
    rig.put(500)

    settled(rig).turn(50)

    assert rig.hand.most == 10
    assert rig.runner.in_flight == 10


def test_a_slot_that_comes_free_is_filled_by_the_next_record() -> None:
    rig = Rig()
    rig.put(500)
    settled(rig)

    rig.hand.finish(4)
    rig.turn(2)

    assert rig.hand.offsets == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]


def test_a_full_window_pauses_its_partitions_and_reads_on_no_further() -> None:
    # Given handlers that never end, and a long backlog (mistake 2: one record a poll is no bound either)
    rig = Rig(settings=replace(SETTINGS, read_ahead=20, gulp=5))
    rig.put(5_000)

    settled(rig).turn(2_000)

    # Then what is read is bounded, however often the consumer is polled
    assert rig.runner.in_flight == 10
    assert rig.consumer._fetch.paused == {(WORK, 0)}
    assert rig.notes.tallies[Tally.ADMITTED] == 10
    rig.clock.pass_by(1)
    rig.turn()
    assert rig.notes.last[WORK].waiting < 20 + 5


def test_a_full_window_goes_on_polling_so_that_callbacks_run() -> None:
    # Given a member with a full window
    rig = Rig(fresh_broker(2))
    rig.put(50)
    rig.put(50, partition=1)
    settled(rig)

    # When another one joins
    other = Rig(rig.broker, clock=rig.clock)
    for _ in range(6):
        rig.turn()
        other.turn()

    # Then the first has handed a partition over
    assert other.hand.offsets


def test_the_window_stays_full_and_bounded_while_the_engine_is_down_and_work_resumes_after() -> None:
    # Given an engine that refuses everything for 30 s, and a deadline that is shorter
    rig = Rig(settings=replace(SETTINGS, deadline=10.0, absence=60.0))
    rig.put(100)
    settled(rig)
    for _ in range(300):
        for item in tuple(rig.hand.running):
            rig.hand.end(item, Unavailable("the engine is down"))
        rig.clock.pass_by(0.1)
        rig.turn()

    # Then nothing more was taken in, and nothing given up
    assert rig.runner.in_flight == 10
    assert {record.offset for record in rig.hand.started} == set(range(10))
    assert rig.published() == []

    # And when it is back, all of it is answered
    for _ in range(100):
        rig.clock.pass_by(1)
        rig.hand.finish_all()
        rig.turn()
    assert sorted(rig.published()) == sorted(f"0:{offset}" for offset in range(100))


def test_what_is_asked_again_rests_before_it_runs() -> None:
    # Given a record whose engine is not there
    rig = Rig()
    rig.put()
    settled(rig)
    rig.hand.fail(0, Unavailable("the engine is down"))

    rig.turn(50)
    assert len(rig.hand.started) == 1

    rig.clock.pass_by(rig.settings.retry_first)
    rig.turn()
    assert len(rig.hand.started) == 2


def test_records_beyond_the_span_wait_and_hold_back_only_their_partition() -> None:
    # Given a stuck record, and a hole of 40,000 offsets behind it (compaction, aborted batches)
    rig = Rig(fresh_broker(2))
    rig.put(1)
    rig.broker.log((WORK, 0)).skip(40_000)
    rig.put(3)
    rig.put(3, partition=1)
    settled(rig)

    # Then the records after the hole wait, those of the other partition run
    running = {(item.record.partition, item.record.offset) for item in rig.hand.running}
    assert running == {(0, 0), (1, 0), (1, 1), (1, 2)}

    # And once the stuck one ends, they come in
    rig.hand.finish(0)
    rig.turn(3)
    assert (0, 40_001) in {(item.record.partition, item.record.offset) for item in rig.hand.running}


def test_a_partition_held_back_by_its_span_is_paused_and_the_others_are_not() -> None:
    rig = Rig(fresh_broker(2), settings=replace(SETTINGS, read_ahead=8, gulp=4, slots=100))
    rig.put(1)
    rig.broker.log((WORK, 0)).skip(MAX_SPAN)
    rig.put(50)
    rig.put(50, partition=1)

    settled(rig).turn(60)

    assert rig.consumer._fetch.paused == {(WORK, 0)}
    assert sum(item.record.partition == 1 for item in rig.hand.running) == 50


def test_every_commit_fits_whatever_pattern_of_records_is_done() -> None:
    # Given a stuck record and as much done behind it as the span admits, in the worst pattern
    rig = Rig(settings=replace(SETTINGS, slots=30, read_ahead=1_000, gulp=500))
    rig.put(1)
    for _ in range(MAX_SPAN // 2 + 50):
        rig.broker.log((WORK, 0)).skip(1)
        rig.put(1)
    settled(rig)
    while True:
        before = len(rig.hand.started)
        for item in tuple(rig.hand.running):
            if item.record.offset:
                rig.hand.finish(item.record.offset)
        rig.turn(2)
        if len(rig.hand.started) == before:
            break

    rig.commit()

    base, beyond = rig.committed()
    assert base == 0
    assert len(beyond) == MAX_SPAN // 2 - 1
    assert rig.notes.tallies[Tally.COMMIT_FAILED] == 0


def test_one_partition_does_not_starve_the_others_of_slots() -> None:
    rig = Rig(fresh_broker(4), settings=replace(SETTINGS, slots=2))
    for partition in range(4):
        rig.put(50, partition)
    settled(rig)

    for _ in range(40):
        rig.hand.end(rig.hand.running[0], ())
        rig.turn()

    counts = [sum(record.partition == partition for record in rig.hand.started) for partition in range(4)]
    assert max(counts) - min(counts) <= 2


def test_a_priority_lane_starts_behind_a_backlog_without_waiting_for_it() -> None:
    # Given 1,000 bulk records, a window full of them, and two slots reserved for appeals
    rig = Rig(fresh_broker(1, "appeals", "bulk"), lanes={"appeals": 2, "bulk": 0})
    rig.put(1_000, topic="bulk")
    settled(rig)
    assert len(rig.hand.running) == 8

    # When two appeals come
    rig.put(3, topic="appeals")
    rig.turn(2)

    # Then they run at once, and the third one waits for a slot
    assert [item.record.topic for item in rig.hand.running].count("appeals") == 2


def test_a_priority_lane_takes_the_next_free_slot_before_the_bulk() -> None:
    rig = Rig(fresh_broker(1, "appeals", "bulk"), lanes={"appeals": 2, "bulk": 0})
    rig.put(100, topic="bulk")
    rig.put(5, topic="appeals")
    settled(rig)

    bulk = next(item for item in rig.hand.running if item.record.topic == "bulk")
    rig.hand.end(bulk, ())
    rig.turn()

    assert [item.record.topic for item in rig.hand.running].count("appeals") > 2


def test_weight_bounds_the_window_too() -> None:
    rig = Rig(settings=replace(SETTINGS, weight=100), weigh=lambda record: 40)
    rig.put(10)

    settled(rig)

    assert rig.hand.offsets == [0, 1]


def test_a_record_heavier_than_the_whole_window_runs_alone() -> None:
    rig = Rig(settings=replace(SETTINGS, weight=100), weigh=lambda record: 1_000)
    rig.put(3)

    settled(rig)
    assert rig.hand.offsets == [0]

    rig.hand.finish(0)
    rig.turn(2)
    assert rig.hand.offsets == [1]


def test_a_heavy_record_is_not_overtaken_for_ever_by_light_ones() -> None:
    # Given a record that needs nearly the whole window, in one partition, and light ones in the other
    heavy = {(0, 0)}
    rig = Rig(
        fresh_broker(2),
        settings=replace(SETTINGS, weight=100),
        weigh=lambda record: 95 if (record.partition, record.offset) in heavy else 10,
    )
    rig.put(100, partition=1)
    settled(rig)
    rig.put(1, partition=0)

    for _ in range(30):
        if (0, 0) in {(record.partition, record.offset) for record in rig.hand.started}:
            break
        rig.hand.end(rig.hand.running[0], ())
        rig.turn()

    assert (0, 0) in {(record.partition, record.offset) for record in rig.hand.started}


def test_lanes_that_shut_each_other_out_are_refused_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="lane 'bulk' can never get a slot"):
        Rig(settings=Settings(slots=4), lanes={"appeals": 4, "bulk": 0})


def test_bounds_below_one_are_refused_at_the_start() -> None:
    with pytest.raises(Misconfigured, match="at least 1"):
        Rig(settings=Settings(slots=0))


def test_levels_tell_of_the_window_its_oldest_item_and_the_lag_that_is_ours() -> None:
    # Given 12 records: one stuck for 20 s, eleven done behind it
    rig = Rig(settings=replace(SETTINGS, slots=20))
    rig.put(12)
    settled(rig)
    rig.hand.finish(*range(1, 12))
    rig.commit()
    rig.clock.pass_by(19)
    rig.turn()

    # Then Kafka's lag says 12 and ours says 1
    levels = rig.notes.last[WORK]
    assert (levels.in_window, levels.lag, levels.span, levels.assigned) == (1, 1, 12, 1)
    assert 19 <= levels.oldest_seconds <= 21
    assert levels.oldest_timestamp > 0


def test_levels_tell_when_a_record_waits_for_room_and_when_none_does() -> None:
    # Given a window of two, and three records
    rig = Rig(settings=replace(SETTINGS, slots=2))
    rig.put(3)
    settled(rig)
    rig.clock.pass_by(1)
    rig.turn()
    # Then one waits for room
    assert rig.notes.last[WORK].full
    # When the last one is in the window, which is as full / Then none does
    rig.hand.finish(0)
    rig.turn(2)
    rig.clock.pass_by(1)
    rig.turn()
    assert (rig.notes.last[WORK].in_window, rig.notes.last[WORK].full) == (2, False)


def test_levels_tell_whether_the_group_has_said_what_is_this_members() -> None:
    # Given a member that asked to join and has not been heard yet
    rig = Rig()
    rig.runner._report()
    assert not rig.notes.last[WORK].joined
    # When it was assigned its partitions
    settled(rig)
    rig.clock.pass_by(1)
    rig.turn()
    assert rig.notes.last[WORK].joined
    # And when the group took them away unasked / Then it has nothing until it is told again
    rig.runner._intakes[0].rebalance.lost([(WORK, 0)])
    rig.clock.pass_by(1)
    rig.turn()
    assert not rig.notes.last[WORK].joined
