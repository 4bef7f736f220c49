"""Members that stop, die, join and leave."""

from collections.abc import Callable

import pytest

from stream.runtime.transactional import Tally
from tests.integration.child import until
from tests.integration.transactional.scene import Scene

SceneOf = Callable[[int], Scene]


def test_a_process_stopped_past_its_session_with_a_record_in_hand_changes_nothing(scene_of: SceneOf) -> None:
    # Given a process with a record in hand, before its transaction has reached the broker
    scene = scene_of(1)
    stopped = scene.child("stopped")
    until(lambda: stopped.level("live") == 1, "the first flows")
    scene.send("0-a", "halt")
    scene.send("0-a")
    scene.flush()
    stopped.wait_for("halted")
    stopped.pause()

    # When another takes over and processes that record and more
    other = scene.child("other")
    until(lambda: other.level("live") == 1, "the second flows")
    scene.send("0-a")
    scene.outputs()
    stopped.go_on()

    # Then the first one's transaction is refused
    stopped.wait_for(Tally.ABORTED)
    scene.send("0-a")
    scene.check()
    assert stopped.end() == other.end() == 0


def test_a_process_whose_transaction_timed_out_goes_on_with_a_new_producer(scene_of: SceneOf) -> None:
    # Given a process with an open transaction (its first outputs are at the broker), still in the group
    scene = scene_of(1)
    child = scene.child("slow", session_ms=30_000, transaction_ms=1_000)
    until(lambda: child.level("live") == 1, "it flows")
    scene.send("0-a")
    scene.send("0-a", "halt")
    scene.flush()
    child.wait_for("halted")
    until(lambda: scene.target_end() == 1, "the first output is at the broker")

    # When it is stopped until the broker has written its abort marker
    child.pause()
    until(lambda: scene.target_end() == 2, "the broker aborts the transaction")
    child.go_on()

    # Then it looks what counts, and runs the batch again
    child.wait_for(Tally.REBUILT)
    scene.send("0-a")
    scene.check()
    assert child.end() == 0


@pytest.mark.parametrize("members", [2, 3])
def test_members_that_join_and_leave_under_load_lose_and_double_nothing(
    scene_of: SceneOf, members: int
) -> None:
    # Given one member under load
    scene = scene_of(6)
    children = [scene.child("m0")]
    until(lambda: children[0].level("live") == 6, "the first has all")

    def load(turn: int) -> None:
        for index in range(600):
            scene.send(f"{index % 6}-{index % 60}", topic=(index + turn) % 2)

    # When others join, and all but one leave, some in good order and one by a kill
    load(0)
    for index in range(1, members):
        children.append(scene.child(f"m{index}"))
        load(index)
    until(lambda: all(child.level("live") == 6 // members for child in children), "each has its share")
    load(members)
    assert children[0].end() == 0
    load(members + 1)
    if members == 3:
        children[1].kill()
    until(
        lambda: children[-1].level("live") == 6 // (members - 1) or children[-1].level("live") == 6,
        "shares anew",
    )
    load(members + 2)

    # Then every record counts once
    scene.check()


def test_a_static_member_that_is_killed_is_back_at_once(scene_of: SceneOf) -> None:
    # Given two static members, with a session time-out much longer than the test waits
    scene = scene_of(2)
    one = scene.child("one", session_ms=30_000, static=True)
    two = scene.child("two", session_ms=30_000, static=True)
    until(lambda: one.level("live") == two.level("live") == 1, "both flow")
    for index in range(100):
        scene.send(f"{index % 2}-a")
    scene.flush()

    # When one is killed and started again
    two.kill()
    again = scene.child("two", session_ms=30_000, static=True, log="again")
    for index in range(100):
        scene.send(f"{index % 2}-a")
    until(lambda: again.level("live") == 1, "it flows again")

    # Then the other did not even notice
    scene.check()
    assert one.said(Tally.DISCARDED) == []


def test_a_second_process_of_the_same_name_ends_the_first(scene_of: SceneOf) -> None:
    scene = scene_of(1)
    first = scene.child("gate-0", static=True, session_ms=30_000)
    until(lambda: first.level("live") == 1, "the first flows")
    second = scene.child("gate-0", static=True, session_ms=30_000, log="second")
    until(lambda: first.status() is not None, "the first ends")

    assert first.status() == 1
    assert "another live process" in first.said("exit")[0]["why"]
    scene.send("0-a")
    scene.check()
    assert second.end() == 0
