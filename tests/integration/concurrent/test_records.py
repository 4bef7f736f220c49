"""Records that hang, are poison, lead to what no topic takes, or come first."""

import time
from pathlib import Path

from tests.integration.child import Child, until
from tests.integration.concurrent.conftest import Make


def test_a_record_that_hangs_holds_nobody_up_and_goes_to_people(scene_of: Make, tmp_path: Path) -> None:
    scene = scene_of(1, 2)
    scene.put(2, b"hang")
    scene.put(1_000, b"1")
    scene.child("a", deadline=6.0)

    scene.wait_for_all()

    people = [answer for answer in scene.answers if answer.ending == "people"]
    others = [answer.waited for answer in scene.answers if answer.ending == "answered"]
    assert len(people) == 2
    assert len(others) == 1_000
    assert max(others) < min(answer.waited for answer in people)
    until(lambda: len(scene.done()) == 1_002, "all committed")


def test_while_the_engine_is_down_nothing_more_is_taken_in_and_nothing_is_given_up(scene_of: Make) -> None:
    # Given an engine that is down for longer than the member could be silent
    scene = scene_of(1, 2)
    scene.put(500, b"1")
    child = scene.child("a", down_until=time.time() + 8, retry_first=0.1, retry_most=1.0)
    until(lambda: len(child.said("retried")) > 40, "it is asked again and again")
    assert scene.places() == {}

    # When it is back
    scene.wait_for_all()

    # Then each record is answered once, by the same member, never above the window
    assert {answer.ending for answer in scene.answers} == {"answered"}
    assert scene.repeated == 0
    assert max(said["in_window"] for said in child.said("levels")) == 20
    assert {said["assigned"] for said in child.said("levels")} <= {0, 2}


def test_poison_becomes_a_dead_letter_and_an_answer_too_large_does_too(scene_of: Make) -> None:
    # Given a topic for answers that takes 100,000 bytes, and a producer that takes more: the broker then
    # refuses the whole batch, with the answers to other records in it
    scene = scene_of(1, 1)
    scene.put(1, b"bad")
    scene.put(1, b"big")
    scene.put(10, b"0")
    child = scene.child("a")

    scene.wait_for_all()
    until(lambda: len(scene.done()) == 12, lambda: f"all committed: {scene.committed()}")

    endings = {(answer.place[2], answer.ending) for answer in scene.read()}
    answered = {(offset, "answered") for offset in range(1, 12)}
    assert endings == {(0, "dead"), (1, "dead")} | answered
    assert child.status() is None


def test_an_appeal_behind_a_hundred_thousand_starts_within_seconds(scene_of: Make) -> None:
    # Given 100,000 records waiting in the bulk lane, and every slot that it may have taken for minutes
    scene = scene_of(2, 4)
    scene.put(100_000, b"300000", lane=1)
    child = scene.child("a", 4, 0, deadline=600.0)
    until(lambda: levels(child, scene.lanes[1], "in_window") == 16, "the window is full of bulk")

    # When appeals come
    scene.put(8, b"100", lane=0)
    until(lambda: len(scene.places()) == 8, "appeals are answered")

    # Then they ran in the slots reserved for them, within seconds, while the bulk still waits
    waited = max(answer.waited for answer in scene.answers)
    assert waited < 3, f"{waited:.1f} s"
    assert {answer.place[0] for answer in scene.answers} == {scene.lanes[0]}
    assert max(answer.in_flight for answer in scene.answers) <= 20
    assert levels(child, scene.lanes[1], "lag") == 100_000


def levels(child: Child, lane: str, what: str) -> int:
    """What a process last said of a lane."""
    told = [said[what] for said in child.said("levels") if said["lane"] == lane]
    return int(told[-1]) if told else 0
