"""The images at work: their own commands, with a read-only root and a numeric user, on a real Kafka."""

from collections.abc import Iterator
from pathlib import Path

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


def test_the_ledger_recovers_its_tables_and_answers_in_its_image(fleet: Fleet) -> None:
    # Given a ledger in its image
    port = free_ports(1)[0]
    ledger = fleet.start("ledger", "ledger", SLUICE_LEDGER__PORT=str(port))
    # When it has read its tables / Then its own view says so, and the image's health check agrees
    eventually(lambda: status_of(f"http://127.0.0.1:{port}/healthz") == 200, 120, "its tables")
    eventually(ledger.healthy, 30, "health")


def test_a_process_without_its_parts_says_which_image_has_them(fleet: Fleet, images: Images) -> None:
    # When the judge is asked to decide by examples in an image that holds no numerics
    status, said = images("core").tell("sluice", "run", "judge", **fleet.settings)
    # Then it ends as misconfigured, and says what to do
    assert status == 3, said
    assert "use the image judge-exemplar" in said


def status_of(address: str) -> int | None:
    """What a page answers with; None while nobody listens."""
    try:
        return httpx.get(address).status_code
    except httpx.TransportError:
        return None
