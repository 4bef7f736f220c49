"""Records that hang, are poison, lead to what no topic takes, or come first."""

import time
from pathlib import Path

from tests.integration.concurrent.conftest import Make
from tests.integration.concurrent.scene import until


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
    # Given 100,000 records waiting in the bulk lane, and a window full of them
    scene = scene_of(2, 4)
    scene.put(100_000, b"100", lane=1)
    child = scene.child("a", 4, 0)
    until(lambda: len(scene.places()) > 100, "the bulk is under way")

    # When appeals come
    began = time.monotonic()
    scene.put(8, b"100", lane=0)
    until(lambda: sum(place[0] == scene.lanes[0] for place in scene.places()) == 8, "appeals are answered")
    seconds = time.monotonic() - began

    # Then they were answered in seconds, while the bulk still waits
    waited = max(answer.waited for answer in scene.answers if answer.place[0] == scene.lanes[0])
    assert waited < 3, f"{waited:.1f} s"
    assert seconds < 10
    bulk = [told["lag"] for told in child.said("levels") if told["lane"] == scene.lanes[1]]
    assert bulk[-1] > 90_000
    assert max(answer.in_flight for answer in scene.answers) <= 20
