"""Members that come, go, die and fall silent: no record is lost, and few run again."""

import random
import time

from tests.integration.child import until
from tests.integration.concurrent.conftest import Make
from tests.integration.concurrent.scene import Scene

SLOTS = 20
RATE = SLOTS / 0.010
"""Records that one process answers in a second, where each takes 10 ms."""


def unspoiled(scene: Scene) -> None:
    """Every record answered and committed, and no window ever above its slots."""
    scene.wait_for_all()
    ends = dict.fromkeys(range(scene.partitions), scene.sent[scene.lanes[0]] // scene.partitions)
    until(
        lambda: {number: one.offset for number, one in scene.committed().items()} == ends,
        lambda: f"committed to the end {ends}: {scene.committed()}",
    )
    assert max(answer.in_flight for answer in scene.answers) <= SLOTS


def test_three_members_come_and_go_and_each_record_is_answered_once(scene_of: Make) -> None:
    # Given one member at work on six partitions
    scene = scene_of(1, 6)
    scene.put(6_000, b"10")
    first = scene.child("a")
    until(lambda: len(scene.places()) > 300, "work has begun")

    # When a second joins, then a third
    second = scene.child("b")
    until(lambda: (first.level("assigned"), second.level("assigned")) == (3, 3), "two members share")
    third = scene.child("c")
    until(
        lambda: [one.level("assigned") for one in (first, second, third)] == [2, 2, 2], "three members share"
    )

    # And two leave again
    for child in (first, third):
        child.tell_to_end()
        assert child.wait() == 0
    until(lambda: second.level("assigned") == 6, "one member has all")
    unspoiled(scene)

    # Then nothing was answered twice: partitions were handed over with all that was done
    assert scene.repeated == 0
    assert {answer.by[0] for answer in scene.answers} == {"a", "b", "c"}


def test_what_the_metadata_told_does_not_run_again_after_a_kill(scene_of: Make) -> None:
    # Given a record that hangs at the start of a partition, and 500 done and committed behind it
    scene = scene_of(1, 1)
    scene.put(1, b"hang")
    scene.put(500, b"0")
    first = scene.child("a")
    until(lambda: len(scene.done()) == 500, lambda: f"{len(scene.done())} of 500 committed")
    assert scene.committed()[0].offset == 0

    # When the process is killed and another one starts
    first.kill()
    second = scene.child("b", deadline=3.0)
    scene.wait_for_all()

    # Then only the one that hung ran again, and went to people at its deadline
    assert [answer.ending for answer in scene.answers if answer.by == second.name] == ["people"]
    assert len(second.said("skipped")) == 500


def test_killed_and_silent_members_lose_nothing(scene_of: Make) -> None:
    # Given three members under load
    scene = scene_of(1, 6)
    chance = random.Random(7)
    scene.put(9_000, b"10")
    members = [scene.child(name) for name in "abc"]
    until(lambda: len(scene.places()) > 100, "work has begun")

    # When they are killed, and stopped past their session, in turn
    faults = 0
    for _ in range(3):
        index = chance.randrange(3)
        members[index].kill()
        members[index] = scene.child("abc"[index])
        time.sleep(chance.uniform(0.2, 1.0))
        silent = members[(index + 1) % 3]
        silent.pause()
        time.sleep(chance.uniform(1.8, 3.0))
        silent.go_on()
        faults += 2
    unspoiled(scene)

    # Then nothing is missing, and what ran twice was not committed at a fault: a window and half a second
    assert scene.repeated <= faults * (SLOTS + RATE * 1.0)
    assert all(member.status() is None for member in members)


def test_a_member_stopped_with_work_in_hand_does_not_overwrite_its_successor(scene_of: Make) -> None:
    # Given a member stopped in the middle of its work, for longer than its session
    scene = scene_of(1, 2)
    scene.put(2_000, b"10")
    first = scene.child("a")
    until(lambda: len(scene.places()) > 200, "work has begun")
    first.pause()

    # When another one finishes everything, and the first goes on
    scene.child("b")
    unspoiled(scene)
    done = scene.committed()
    first.go_on()
    scene.put(2, b"0")
    until(lambda: first.level("assigned") == 1, "it has joined again")
    scene.wait_for_all()

    # Then the successor's word stands, and only what was not committed at the stop ran twice
    until(lambda: len(scene.done()) == 2_002, lambda: f"all committed: {scene.committed()}")
    assert all(scene.committed()[number].offset >= position.offset for number, position in done.items())
    assert scene.repeated <= SLOTS + RATE * 1.0


def test_a_stop_finishes_what_is_in_flight_and_the_next_process_repeats_nothing(scene_of: Make) -> None:
    scene = scene_of(1, 3)
    scene.put(3_000, b"20")
    child = scene.child("a")
    until(lambda: len(scene.places()) > 200, "work has begun")

    # When it is told to end in the middle of its work
    child.tell_to_end()
    assert child.wait() == 0

    # Then all that was published is committed
    assert {place[1:] for place in scene.places()} == scene.done()

    # And the next one does the rest, once
    scene.child("b")
    unspoiled(scene)
    assert scene.repeated == 0


def test_a_stop_lets_slow_records_end(scene_of: Make) -> None:
    # Given a window full of records that take long, and more behind it
    scene = scene_of(1, 1)
    scene.put(100, b"2500")
    child = scene.child("a")
    until(lambda: any(said["in_window"] == SLOTS for said in child.said("levels")), "the window is full")

    child.tell_to_end()
    assert child.wait() == 0

    assert len(scene.places()) == len(scene.done()) == SLOTS


def test_a_stop_does_not_wait_for_ever(scene_of: Make) -> None:
    scene = scene_of(1, 1)
    scene.put(1, b"hang")
    scene.put(50, b"0")
    child = scene.child("a", drain=1.0)
    until(lambda: len(scene.places()) == 50, "all but the first are answered")

    told = time.monotonic()
    child.tell_to_end()

    assert child.wait() == 0
    assert time.monotonic() - told < 5
    assert len(scene.done()) == 50
