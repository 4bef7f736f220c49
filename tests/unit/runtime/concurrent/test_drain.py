"""The end of a process: what is in flight may end, the rest is left for the next one, nothing is lost."""

import threading

import pytest
from msgspec.structs import replace

from stream.core.errors import Exit, Misconfigured, Unavailable
from stream.runtime.concurrent import Ending, Tally
from tests.unit.runtime.concurrent.rig import SETTINGS, Clock, Rig, settled


class Ticking(Clock):
    """A clock that moves whenever it is read, so that waits end by themselves."""

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


def test_a_stop_lets_what_is_in_flight_end_takes_nothing_in_and_commits() -> None:
    # Given ten records in flight of a thousand, whose handlers end while the process drains
    rig = Rig(settings=replace(SETTINGS, drain=30.0), clock=Ticking())
    rig.put(1_000)
    settled(rig)
    rig.hand.finish_all()

    rig.stop()

    assert len(rig.published()) == 10
    assert rig.committed() == (10, set())
    assert rig.notes.tallies[Tally.ADMITTED] == 10


def test_what_does_not_end_in_time_is_cancelled_and_left_for_the_next_process() -> None:
    rig = Rig(settings=replace(SETTINGS, drain=5.0), clock=Ticking())
    rig.put(10)
    settled(rig)
    rig.hand.finish(0, 1, 2, 5)

    rig.stop()

    assert rig.committed() == (3, {5})
    assert rig.hand.running == []
    assert rig.notes.endings == {Ending.COMPLETED: 4, Ending.UNFINISHED: 6}
    assert settled(Rig(rig.broker)).hand.offsets == [3, 4, 6, 7, 8, 9]


def test_what_rests_between_two_tries_is_left_for_the_next_process() -> None:
    rig = Rig(settings=replace(SETTINGS, drain=0.2), clock=Ticking())
    rig.put(1)
    settled(rig)
    rig.hand.fail(0, Unavailable("the engine is down"))
    rig.turn()

    rig.stop()

    assert rig.runner.in_flight == 0
    assert settled(Rig(rig.broker)).hand.offsets == [0]


def test_a_member_that_leaves_hands_its_partitions_over_at_once() -> None:
    rig = Rig()
    rig.put(3)
    settled(rig).stop()

    assert rig.broker.group("group-work", "cooperative-sticky").members == {}


def test_run_lives_from_subscribing_to_leaving() -> None:
    rig = Rig(settings=replace(SETTINGS, idle=0.01, drain=0.1), clock=Ticking(), joined=False)
    rig.put(5)
    rig.hand.watch = lambda record: rig.runner.stop() if record.offset == 4 else None

    thread = threading.Thread(target=rig.runner.run, daemon=True)
    thread.start()
    thread.join(10)

    assert not thread.is_alive()
    assert len(rig.hand.started) == 5
    assert rig.broker.group("group-work", "cooperative-sticky").members == {}


def test_a_process_that_must_exit_leaves_the_group() -> None:
    rig = Rig(joined=False)
    rig.put(2)
    rig.hand.watch = lambda record: rig.hand.fail(0, Misconfigured("no model")) if record.offset else None

    with pytest.raises(Misconfigured, match="no model"):
        rig.runner.run()

    assert rig.broker.group("group-work", "cooperative-sticky").members == {}


def test_a_process_that_must_exit_commits_what_is_done() -> None:
    rig = Rig()
    rig.put(3)
    settled(rig).hand.finish(1)
    rig.turn(2)
    rig.broker.fail("deliver", Unavailable("timed out"))
    rig.hand.finish(0)
    with pytest.raises(Exit, match="could not be published"):
        rig.turn(2)

    rig.runner.close()

    assert rig.committed() == (0, {1})


def test_a_failed_last_commit_does_not_keep_a_process_from_leaving() -> None:
    rig = Rig()
    rig.put(3)
    settled(rig).hand.finish_all()
    rig.turn(2)
    rig.broker.fail("commit_offsets", Unavailable("the broker is away"))

    rig.stop()

    assert rig.notes.tallies[Tally.COMMIT_FAILED] == 1
    assert rig.broker.group("group-work", "cooperative-sticky").members == {}
