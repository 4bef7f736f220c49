"""What takes too long goes to people; what does not end when told to is given up."""

import pytest
from msgspec.structs import replace

from stream.core.errors import Unavailable
from stream.runtime.concurrent import Tally
from stream.runtime.concurrent.item import Stage
from tests.unit.runtime.concurrent.rig import SETTINGS, Rig, fresh_broker, one, settled


def test_a_record_that_alone_meets_a_fault_until_its_deadline_goes_to_people_with_its_cause() -> None:
    # Given an engine that answers everything but one record
    rig = Rig(settings=replace(SETTINGS, absence=600.0))
    rig.put(3_000)
    settled(rig)
    for _ in range(290):
        for item in tuple(rig.hand.running):
            if item.record.offset:
                rig.hand.finish(item.record.offset)
            else:
                rig.hand.fail(0, Unavailable("the engine is down"))
        rig.turn()
        rig.clock.pass_by(0.5)
    rig.commit()

    # Then the others' answers show that it is there, and the one's time runs out
    assert "people:0:0" in rig.published()
    assert "no answer within 120 s; the last try met: the engine is down" in str(rig.clerk.errors[0])
    assert rig.notes.tallies[Tally.OVERDUE] == 1


def test_a_stuck_record_goes_to_people_at_its_deadline_and_holds_nobody_up() -> None:
    # Given a handler that never ends, among others
    rig = Rig(settings=replace(SETTINGS, slots=2))
    rig.put(50)
    settled(rig)
    for _ in range(120):
        for offset in rig.hand.offsets:
            if offset:
                rig.hand.finish(offset)
        rig.turn()
    assert len(rig.published()) == 49

    # When its time is up
    rig.clock.pass_by(rig.settings.deadline)
    rig.commit()

    # Then it went to people, and its handler was cancelled
    assert rig.published()[-1] == "people:0:0"
    assert rig.hand.running == []
    assert rig.committed() == (50, set())


def test_a_lane_may_have_a_deadline_of_its_own() -> None:
    # Given a lane whose records have five seconds, beside one whose records have two minutes
    broker = fresh_broker(1, "swift", "bulk")
    rig = Rig(broker, lanes={"swift": 2, "bulk": 0}, deadlines={"swift": 5.0})
    rig.put(1, topic="swift")
    rig.put(1, topic="bulk")
    settled(rig)
    # When these have passed
    rig.clock.pass_by(5.0)
    rig.commit()
    # Then its record went to people, and says after how long; the other is still worked on
    assert [str(error) for error in rig.clerk.errors] == ["no answer within 5 s"]
    assert rig.hand.offsets == [0]
    rig.clock.pass_by(rig.settings.deadline - 5.0)
    rig.commit()
    assert len(rig.clerk.errors) == 2


def test_an_answer_that_just_made_it_counts_although_its_time_is_up() -> None:
    rig = one()
    rig.hand.stubborn = True
    rig.clock.pass_by(rig.settings.deadline)
    rig.turn()

    rig.hand.finish(0)
    rig.commit()

    assert rig.published() == ["0:0"]


def test_a_handler_that_does_not_end_when_cancelled_is_given_up() -> None:
    rig = one()
    rig.hand.stubborn = True
    rig.clock.pass_by(rig.settings.deadline)
    rig.turn()
    assert rig.published() == []

    rig.clock.pass_by(rig.settings.patience)
    rig.commit()

    assert rig.published() == ["people:0:0"]
    assert rig.notes.tallies[Tally.UNRESPONSIVE] == 1
    assert rig.runner.in_flight == 0

    # And what it says in the end is not heard
    rig.hand.finish(0)
    rig.commit()
    assert rig.published() == ["people:0:0"]


def test_a_given_up_handler_that_ends_before_people_are_told_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a handler that was given up
    rig = one()
    rig.hand.stubborn = True
    rig.clock.pass_by(rig.settings.deadline)
    rig.turn()
    rig.clock.pass_by(rig.settings.patience)
    item = rig.hand.at(0)
    rig.runner._work._give_up()
    assert item.stage is Stage.PUBLISHING

    # When it ends after all, before the broker has acknowledged the question to people
    rig.hand.finish(0)
    monkeypatch.setattr(rig.runner._work._outbox, "poll", lambda timeout=0.0: None)
    rig.runner._work.settle()
    monkeypatch.undo()
    rig.commit()

    # Then only people were told, once
    assert rig.published() == ["people:0:0"]
    assert rig.committed() == (1, set())


def test_an_engine_that_comes_back_and_hangs_uses_up_the_time_after_all() -> None:
    # Given an engine that was away once, and never answers again
    rig = Rig(settings=replace(SETTINGS, absence=60.0))
    rig.put(1)
    settled(rig)
    rig.hand.fail(0, Unavailable("the engine died"))
    for _ in range(600):
        rig.turn()
        rig.clock.pass_by(0.5)
        if rig.published():
            break
    rig.commit()

    # Then its record goes to people when absence and deadline have passed, not earlier
    assert rig.published() == ["people:0:0"]
    assert 180 <= rig.clock.now - 1_000 <= 190
