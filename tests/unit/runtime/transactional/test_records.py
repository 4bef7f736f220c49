"""Records that are too large, that break the processor, or that are gone."""

import pytest
from msgspec.structs import replace

from stream.core.errors import Defect, TransactionAborted, Unavailable
from stream.ports import Outgoing
from stream.runtime.transactional import Tally
from tests.unit.runtime.transactional.rig import SETTINGS, Rig, took

TOO_LARGE_FOR_THE_PRODUCER = "huge 20000"
TOO_LARGE_FOR_THE_TOPIC = "huge 5000"


@pytest.mark.parametrize("command", [TOO_LARGE_FOR_THE_PRODUCER, TOO_LARGE_FOR_THE_TOPIC])
def test_a_record_with_oversized_outputs_gets_the_fallback_and_the_others_are_untouched(command: str) -> None:
    # Given a batch with two such records in it
    rig = Rig(partitions=2)
    process = rig.process()
    for index in range(40):
        rig.send(f"{index % 2}-a", command if index in (13, 26) else "count")

    # When it is processed
    rig.settle(process)

    # Then both have their fallback, and every other one its place in the count
    assert [output for output in rig.outputs() if output.startswith("over")] == [
        "overflowed first-0-13 0",
        "overflowed first-1-6 0",
    ]
    counts = [int(output.split()[-1]) for output in rig.outputs() if output.startswith("took first-0-")]
    assert counts == list(range(1, 20))
    assert process.notes.tallies[Tally.OVERFLOWED] >= 2


@pytest.mark.parametrize("command", [TOO_LARGE_FOR_THE_PRODUCER, TOO_LARGE_FOR_THE_TOPIC])
def test_a_fallback_that_is_too_large_as_well_ends_the_process_with_the_place(command: str) -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.send("0-a", command + command.removeprefix("huge"))

    with pytest.raises(Defect, match=r"first\[0\]@1"):
        rig.settle(process)


def test_an_unexpected_error_ends_the_process_with_the_place_and_loses_nothing() -> None:
    # Given a record that the processor breaks on, between others
    rig = Rig(partitions=1)
    process = rig.process(opened=False)
    for command in ("count", "fail", "count"):
        rig.send("0-a", command)

    # When it is met
    with pytest.raises(Defect, match=r"ZeroDivisionError at the record at first\[0\]@1"):
        process.runner.run()

    # Then nothing of its batch counts, and a mended process takes it up
    assert rig.outputs() == []
    assert rig.committed() == {}
    mended = rig.process("b")
    handle = mended.processor.handle
    mended.processor.handle = lambda record, state: handle(  # type: ignore[method-assign]
        replace(record, value=b"count"), state
    )
    rig.settle(mended)
    assert rig.outputs() == [took(f"first-0-{offset}", offset + 1) for offset in range(3)]


def test_an_error_in_a_timer_names_its_key() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a", "wake 1000500")
    rig.settle(process)
    rig.now = 1_002_000

    def fail() -> None:
        raise ZeroDivisionError

    process.processor.before_step = fail
    with pytest.raises(Defect, match="the timer of key b'0-a'"):
        process.turn()


def test_a_record_without_a_key_meets_no_state_and_cannot_make_any() -> None:
    rig = Rig(partitions=1)
    rig.broker.log(("first", 0)).append(None, b"ignore", (), 0, None)
    process = rig.process()
    rig.settle(process)
    rig.broker.log(("first", 0)).append(None, b"count", (), 0, None)

    with pytest.raises(Defect, match="ValueError"):
        rig.settle(process)


def test_records_that_retention_removed_are_told_of_and_the_rest_is_processed() -> None:
    # Given a stopped process, whose next records are removed meanwhile
    rig = Rig(partitions=2)
    first = rig.process("a")
    for _ in range(4):
        rig.send("0-a")
        rig.send("1-a")
    rig.settle(first)
    first.kill()
    for _ in range(4):
        rig.send("0-a")
    rig.broker.log(("first", 0)).retain(6)

    # When its successor begins
    second = rig.process("b")
    rig.settle(second)
    rig.send("1-a")
    rig.settle(second)

    # Then it says so, and goes on with what is left
    assert second.notes.tallies[Tally.RECORDS_LOST] == 1
    assert [output for output in rig.outputs() if "-0-" in output][4:] == [
        took("first-0-6", 5),
        took("first-0-7", 6),
    ]
    assert rig.outputs()[-1] == took("first-1-4", 5)


def test_a_refused_seek_is_tried_again_and_nothing_is_taken_before() -> None:
    rig = Rig(partitions=1)
    for _ in range(3):
        rig.send("0-a")
    for _ in range(4):
        rig.broker.fail("seek", Unavailable("not fetching yet"))
    rig.settle(rig.process())

    assert rig.outputs() == [took(f"first-0-{offset}", offset + 1) for offset in range(3)]


def test_a_refused_seek_after_an_abort_skips_nothing() -> None:
    # Given a process that has read ahead of what is committed
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.settle(process)
    rig.send("0-a")
    rig.broker.fail("commit", TransactionAborted("as asked"))
    for _ in range(4):
        rig.broker.fail("seek", Unavailable("not fetching yet"))

    # When it cannot go back at once, and more records come meanwhile
    process.turn()
    rig.send("0-a")
    rig.settle(process)

    # Then they wait until it has gone back
    assert rig.outputs() == [took(f"first-0-{offset}", offset + 1) for offset in range(3)]


def test_offsets_that_jump_are_no_loss() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a")
    rig.settle(process)
    rig.broker.log(("first", 0)).skip(40_000)
    rig.send("0-a")
    rig.settle(process)

    assert rig.outputs() == [took("first-0-0", 1), took("first-0-40001", 2)]


def test_a_batch_holds_no_more_than_its_limit() -> None:
    rig = Rig(partitions=2)
    process = rig.process(settings=replace(SETTINGS, batch=7))
    for index in range(30):
        rig.send(f"{index % 2}-a")
    rig.settle(process)

    assert max(records for records, _, _ in process.notes.transactions) == 7
    assert len(rig.outputs()) == 30


def test_headers_and_keys_go_through() -> None:
    rig = Rig(partitions=1)
    rig.broker.publish(Outgoing("first", b"0-a", b"count", (("ce_id", b"1"),), partition=0))
    rig.settle(rig.process())

    assert [record.headers for record in rig.broker.records("out")] == [(("ce_id", b"1"),)]


def test_stop_ends_the_run_after_the_batch_in_hand() -> None:
    # Given a process that is asked to stop in the middle of a batch
    rig = Rig(partitions=1)
    process = rig.process(opened=False)
    for _ in range(5):
        rig.send("0-a")
    process.processor.before_step = process.runner.stop

    # When it runs
    process.runner.run()

    # Then the batch is committed, and its place in the group is free
    assert len(rig.outputs()) == 5
    assert rig.committed()["first", 0] == 5
    assert rig.broker.group("group", "range").members == {}
