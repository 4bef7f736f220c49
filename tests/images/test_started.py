"""The images at work: their own commands, with a read-only root and a numeric user, on a real Kafka."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stream.adapters.brokers import Broker
from stream.adapters.brokers.ports import free_ports
from tests.fleet.waiting import eventually
from tests.images.conftest import Images
from tests.images.fleet import Fleet

FRIENDLY = "Happy birthday to my brother, the best cook I know!"
KINDS = {"gate": "core", "triage": "core", "judge": "judge-exemplar"}


@pytest.fixture
def fleet(broker: Broker, tmp_path: Path, images: Images) -> Iterator[Fleet]:
    """Its topics are made by the image itself; what a test starts must end well."""
    made = Fleet(broker, tmp_path, images)
    assert "0 were there" in made.sluice("topics", "create")
    yield made
    assert set(made.end().values()) <= {0}


def test_a_post_is_held_judged_and_released_by_the_images_alone(fleet: Fleet) -> None:
    # Given topics that the image finds in order, and a process in each image
    assert "0 faults" in fleet.sluice("topics", "check")
    for kind, target in KINDS.items():
        fleet.start(target, kind)
    # When a friendly post is published
    fleet.sluice("publish", "post-1", FRIENDLY, "--language", "en")
    # Then it is held, and released once the judge has answered by the policies that lie in its image
    eventually(lambda: fleet.decisions("post-1") == ["hold", "release"], 90, "a hold and a release")
    # And all end in order when a cluster tells them to
    assert fleet.end() == dict.fromkeys(KINDS, 0)


def test_the_image_s_health_check_answers_for_the_process_in_it(fleet: Fleet) -> None:
    # Given a gate in its image
    gate = fleet.start("core", "gate")
    # When it has its partitions / Then the image's own check finds it well
    eventually(gate.healthy, 60, "health")
    # When it has ended / Then the check finds nobody
    assert gate.end() == 0
    assert not gate.healthy()


def test_the_ledger_answers_and_recovers_what_it_knows_in_its_image(fleet: Fleet) -> None:
    # Given gate, triage and ledger in their images / When a post is published
    port = free_ports(1)[0]
    for kind in ("gate", "triage"):
        fleet.start("core", kind)
    ledger = fleet.start("ledger", "ledger", SLUICE_LEDGER__PORT=str(port))
    fleet.sluice("publish", "post-1", FRIENDLY, "--language", "en")
    # Then the ledger knows where it waits, and the image's health check agrees that it is well
    post = f"http://127.0.0.1:{port}/content/post-1"
    eventually(lambda: case_of(post).get("lane") == "bulk", 120, "the post, held and routed")
    eventually(ledger.healthy, 30, "health")
    known = case_of(post)
    # When another takes its place / Then that one has it from the changelog
    assert ledger.end() == 0
    fleet.start("ledger", "ledger", SLUICE_LEDGER__PORT=str(port))
    eventually(lambda: case_of(post) == known, 120, "the same answer")


def test_a_process_without_its_parts_says_which_image_has_them(fleet: Fleet, images: Images) -> None:
    # When the judge is asked to decide by examples in an image that holds no numerics
    status, said = images("core").tell("sluice", "run", "judge", **fleet.settings)
    # Then it ends as misconfigured, and says what to do
    assert status == 3, said
    assert "use the image judge-exemplar" in said


def case_of(address: str) -> dict[str, Any]:
    """The one case that a ledger's answer tells of; empty while there is none."""
    try:
        return dict(httpx.get(address).json()["cases"][0])
    except (httpx.TransportError, KeyError):
        return {}
