"""Timers fire once, by the runner's clock, whatever happens to the process in between."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.errors import ProducerLost, TransactionAborted
from stream.ports import NEVER
from stream.runtime.transactional.table import AGAIN_MS, Table
from stream.runtime.transactional.timers import Timers
from tests.unit.runtime.transactional.counting import encoded
from tests.unit.runtime.transactional.rig import SETTINGS, Process, Rig, took


def woken(rig: Rig) -> list[str]:
    return [output for output in rig.outputs() if output.startswith("woke")]


def let_fire(rig: Rig, *processes: Process) -> None:
    for _ in range(20):
        rig.now += 100
        for process in processes:
            process.turn()


def test_a_timer_fires_once_and_not_before_its_time() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a", "wake 1600000")
    rig.settle(process)

    for now in range(1_000_000, 1_600_000, 7_777):
        rig.now = now
        process.turn()
    assert woken(rig) == []
    rig.now = 1_600_000
    let_fire(rig, process)

    assert woken(rig) == ["woke 0-a 2"]


def test_a_timer_that_was_put_off_or_removed_does_not_fire() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    for key, then in (("0-later", "wake 1900000"), ("0-never", "count"), ("0-gone", "forget")):
        rig.send(key, "wake 1600000")
        rig.send(key, then)
    rig.settle(process)

    rig.now = 1_700_000
    let_fire(rig, process)
    assert woken(rig) == []
    rig.now = 1_900_000
    let_fire(rig, process)

    assert woken(rig) == ["woke 0-later 3"]


def test_a_timer_that_was_brought_forward_fires_early() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a", "wake 900000000")
    rig.settle(process)
    rig.send("0-a", "wake 1600000")
    rig.settle(process)

    rig.now = 1_600_000
    let_fire(rig, process)

    assert woken(rig) == ["woke 0-a 3"]


def test_a_record_of_the_same_batch_puts_a_timer_off() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a", "wake 1600000")
    rig.settle(process)

    rig.now = 1_600_000
    rig.send("0-a", "count")
    rig.settle(process)
    let_fire(rig, process)

    assert rig.outputs() == [took("first-0-0", 1), took("first-0-1", 2)]


def test_timers_survive_a_restart() -> None:
    rig = Rig(partitions=2)
    first = rig.process("a")
    for number in (0, 1):
        rig.send(f"{number}-a", "wake 1600000")
    rig.settle(first)
    first.kill()
    rig.now = 1_700_000

    second = rig.process("b")
    rig.settle(second, until=lambda: len(woken(rig)) == 2)
    let_fire(rig, second)

    assert sorted(woken(rig)) == ["woke 0-a 2", "woke 1-a 2"]


def test_a_timer_whose_transaction_failed_fires_again() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a", "wake 1600000")
    rig.settle(process)
    rig.now = 1_600_000
    for error in (TransactionAborted("as asked"), ProducerLost("as asked")):
        rig.broker.fail("commit", error)

    for _ in range(4):
        let_fire(rig, process)

    assert woken(rig) == ["woke 0-a 2"]


def test_many_timers_at_once_are_spread_over_transactions() -> None:
    rig = Rig(partitions=1)
    process = rig.process(settings=replace(SETTINGS, wakes=10))
    for index in range(100):
        rig.send(f"0-{index}", "wake 1600000")
    rig.settle(process)
    rig.now = 1_600_000

    rig.settle(process, until=lambda: len(woken(rig)) == 100)

    assert max(wakes for _, wakes, _ in process.notes.transactions) == 10


def test_a_timer_only_transaction_leaves_the_positions_where_they_are() -> None:
    rig = Rig(partitions=1)
    process = rig.process()
    rig.send("0-a", "wake 1600000")
    rig.send("0-a", "wake 1600000", topic="second")
    rig.settle(process)
    rig.now = 1_600_000
    before = rig.committed()
    let_fire(rig, process)

    assert woken(rig) == ["woke 0-a 3"]
    assert rig.committed() == before


KEYS = st.sampled_from([b"%d" % number for number in range(6)])
DELAYS = st.one_of(st.none(), st.just(NEVER), st.integers(0, 40), st.integers(0, 1 << 40))


@given(st.lists(st.tuples(KEYS, DELAYS, st.integers(0, 1 << 38)), max_size=60), st.integers(1, 5))
def test_every_key_is_found_due_within_a_second_of_its_time(
    changes: list[tuple[bytes, int | None, int]], limit: int
) -> None:
    """Whatever the order of changes, and however few references are looked at in one go."""
    table = Table(lambda state: (int.from_bytes(state, "big"), 0, 0))
    due_at: dict[bytes, int] = {}
    now = 0

    def look() -> None:
        for _ in range(200):
            for key in table.due(now, limit):
                assert due_at[key] <= now
                found.add(key)

    for key, delay, later in changes:
        if delay is None:
            table.put(key, None, now)
            due_at.pop(key, None)
        else:
            due_at[key] = min(NEVER, now + delay)
            table.put(key, due_at[key].to_bytes(8, "big"), now)
        now += later
        found: set[bytes] = set()
        look()
        now += AGAIN_MS
        look()
        assert found >= {key for key, due in due_at.items() if due <= now - AGAIN_MS}


def test_a_key_that_changes_for_ever_does_not_pile_up_references() -> None:
    # Given two keys whose time is put off and brought forward all the time
    timers = Timers()
    for turn in range(100_000):
        timers.add(b"a" if turn % 2 else b"b", turn + 1_000_000, turn)

    assert len(timers) < 10_000


def test_references_in_the_far_future_share_few_buckets() -> None:
    timers = Timers()
    week = 7 * 86_400_000
    for second in range(20_000):
        timers.add(b"%d" % second, second * 1_000 + week, second * 1_000)

    assert len(timers._buckets) < 20


def test_restored_states_are_due_too() -> None:
    table = Table(lambda state: (int.from_bytes(state[8:], "big"), 0, 0))
    table.put(b"a", encoded(1, 500), now=1_000)

    assert table.due(1_000, 10) == [b"a"]
