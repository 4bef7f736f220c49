"""What a transaction holds, and what follows each way that it can fail."""

import pytest
from msgspec.structs import replace

from stream.core.errors import Fenced, ProducerFenced, ProducerLost, TransactionAborted, Unavailable
from stream.runtime.transactional import Tally
from stream.runtime.transactional.progress import KEY
from tests.unit.runtime.transactional.counting import encoded
from tests.unit.runtime.transactional.rig import SETTINGS, Rig, took


def test_outputs_state_and_positions_are_committed_together() -> None:
    # Given records of two topics
    rig = Rig(partitions=1)
    rig.send("0-a")
    rig.send("0-a", topic="second")
    rig.send("0-b")

    # When they are processed
    process = rig.process()
    rig.settle(process)

    # Then each is counted once, and state and positions are as of that
    assert sorted(rig.outputs()) == [took("first-0-0", 1), took("first-0-1", 1), took("second-0-0", 2)]
    assert rig.state() == {b"0-a": encoded(2), b"0-b": encoded(1)}
    assert rig.committed() == {("first", 0): 2, ("second", 0): 1}


def test_no_transaction_is_begun_while_there_is_nothing_to_do() -> None:
    rig = Rig()
    process = rig.process()
    process.turn(20)

    assert process.notes.transactions == []
    assert all(rig.broker.log((topic, 0)).end == 0 for topic in ("out", "state"))


def test_records_without_consequences_still_move_the_positions() -> None:
    rig = Rig(partitions=1)
    rig.send("0-a", "ignore")
    rig.settle(rig.process())

    assert rig.committed()["first", 0] == 1
    assert rig.outputs() == []
    assert rig.state() == {}


def test_a_forgotten_key_leaves_a_tombstone_and_begins_anew() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    for command in ("count", "forget", "forget", "count"):
        rig.send("0-a", command)
        rig.settle(process)

    assert rig.state() == {b"0-a": encoded(1)}
    assert [output.split()[-1] for output in rig.outputs()] == ["1", "2", "1", "1"]


def test_a_removal_of_what_is_not_there_writes_no_tombstone() -> None:
    rig = Rig(partitions=1)
    rig.send("0-a", "forget")
    rig.settle(rig.process())

    assert {record.key for record in rig.broker.records("state")} == {KEY}


@pytest.mark.parametrize("operation", ["begin", "produce", "send_offsets", "commit"])
def test_an_aborted_transaction_is_run_again_from_the_committed_state(operation: str) -> None:
    """Mistake 4: the overlay is merged only after the commit."""
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.settle(process)
    rig.send("0-a")
    rig.send("0-a")

    rig.broker.fail(operation, TransactionAborted("as asked"))
    rig.settle(process)

    assert rig.outputs() == [took("first-0-0", 1), took("first-0-1", 2), took("first-0-2", 3)]
    assert process.notes.tallies[Tally.ABORTED] == 1


@pytest.mark.parametrize("operation", ["begin", "produce", "send_offsets", "commit"])
def test_a_fatal_error_replaces_the_producer(operation: str) -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.settle(process)
    rig.send("0-a")

    rig.broker.fail(operation, ProducerLost("as asked"))
    rig.settle(process)

    assert rig.outputs() == [took("first-0-0", 1), took("first-0-1", 2)]
    assert process.notes.tallies[Tally.REBUILT] == 1


@pytest.mark.parametrize("applied", [True, False])
def test_a_commit_that_stays_unanswered_is_looked_up_not_repeated(applied: bool) -> None:
    """Mistake 5: sending again can double what was committed after all."""
    rig = Rig(partitions=2)
    process = rig.process()
    rig.send("0-a")
    rig.send("1-a")
    rig.settle(process)
    rig.send("0-a")

    rig.broker.fail("commit", ProducerLost("no answer"), applied=applied)
    rig.settle(process)
    rig.send("0-a")
    rig.settle(process)

    assert [output for output in rig.outputs() if "first-0" in output] == [
        took("first-0-0", 1),
        took("first-0-1", 2),
        took("first-0-2", 3),
    ]


def test_only_what_was_committed_after_all_is_restored_again() -> None:
    # Given two partitions, one of which is in a transaction without an answer
    rig = Rig(partitions=2)
    process = rig.process()
    rig.send("0-a")
    rig.send("1-a")
    rig.settle(process)
    before = len(process.notes.restores)
    rig.send("0-a")
    rig.broker.fail("commit", ProducerLost("no answer"), applied=True)

    # When the process goes on
    rig.settle(process)
    process.turn(3)

    # Then the other one's state was kept
    assert [number for number, _ in process.notes.restores[before:]] == [0]
    assert process.notes.tallies[Tally.KEPT] == 1


def test_an_abort_that_fails_replaces_the_producer() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.broker.fail("commit", TransactionAborted("as asked"))
    rig.broker.fail("abort", ProducerLost("as asked"))
    rig.settle(process)

    assert rig.outputs() == [took("first-0-0", 1)]
    assert process.notes.tallies[Tally.REBUILT] == 1


def test_a_new_producer_is_asked_for_until_the_broker_answers() -> None:
    rig = Rig(partitions=1)
    for _ in range(2):
        rig.broker.fail("init", Unavailable("not yet"))
    rig.send("0-a")
    rig.settle(rig.process())

    assert rig.outputs() == [took("first-0-0", 1)]


def test_a_transaction_that_timed_out_is_forgiven_once() -> None:
    """The client cannot tell it from a rival's fencing."""
    # Given a process that is slow in the middle of a transaction
    rig = Rig(partitions=1)
    process = rig.process()
    rig.settle(process)
    process.turn(3)
    rig.send("0-a")
    process.processor.before_step = lambda: rig.broker.time_out("a")

    # When the broker gives its transaction up
    process.turn()
    process.processor.before_step = lambda: None
    rig.settle(process)

    # Then it goes on with a new producer
    assert rig.outputs() == [took("first-0-0", 1)]


def test_a_producer_that_is_fenced_twice_in_a_minute_ends_the_process() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.settle(process)
    process.turn(3)
    rig.send("0-a")
    process.processor.before_step = lambda: rig.broker.time_out("a")

    with pytest.raises(Fenced, match="twice"):
        process.turn(20)


def test_fencings_far_apart_are_forgiven() -> None:
    rig = Rig(partitions=1)
    process = rig.process(settings=replace(SETTINGS, fenced_again=0.0))
    rig.send("0-a")
    for _ in range(3):
        rig.broker.fail("commit", ProducerFenced("as asked"))
    rig.settle(process)

    assert rig.outputs() == [took("first-0-0", 1)]


def test_a_refused_transaction_is_followed_by_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mistake 3: at once again wrote 345,000 aborted records."""
    # Given a process whose pauses are recorded
    rig = Rig(partitions=1)
    settings = replace(SETTINGS, back_off_first=0.1, back_off_most=0.5)
    process = rig.process(settings=settings)
    pauses: list[float] = []
    monkeypatch.setattr(process.runner, "_pause", pauses.append)
    rig.send("0-a")
    for _ in range(5):
        rig.broker.fail("commit", TransactionAborted("as asked"))

    # When five transactions are refused, and the next is not
    rig.settle(process)
    rig.broker.fail("commit", TransactionAborted("as asked"))
    rig.send("0-a")
    rig.settle(process)

    # Then the pauses grow to their bound, and begin anew after a success
    assert [pause for pause in pauses if pause > 0] == [0.1, 0.2, 0.4, 0.5, 0.5, 0.1]
