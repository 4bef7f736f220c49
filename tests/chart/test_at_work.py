"""What is rendered, at work on a real Kafka: the topics job, each process, its probes and its grace."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from stream.adapters.brokers import Broker
from tests.chart.container import Container
from tests.chart.rendering import Helm, Rendered
from tests.fleet.waiting import eventually

PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


@pytest.fixture
def rendered(helm: Helm, broker: Broker) -> Rendered:
    """The minimal example, on the test's broker."""
    topics = {"prefix": f"chart-{uuid4().hex[:8]}.", "partitions": 2, "replication": 1}
    return helm.render("minimal", {"kafka.bootstrapServers": broker.bootstrap, "settings.topics": topics})


@pytest.fixture
def containers(rendered: Rendered, tmp_path: Path) -> Iterator[dict[str, Container]]:
    """Every process, started once the topics job has made its topics."""
    made = Container(rendered, "topics", tmp_path).run()
    assert made.returncode == 0, made.stderr
    parts = {part: Container(rendered, part, tmp_path) for part, _ in rendered.workloads()}
    for container in parts.values():
        container.start()
    yield parts
    for container in parts.values():
        container.end()


def test_the_topics_job_makes_topics_that_will_do(rendered: Rendered, tmp_path: Path) -> None:
    job = Container(rendered, "topics", tmp_path)
    assert job.run().returncode == 0
    assert job.run().returncode == 0, "a pod of it may be started twice"
    checked = Container(rendered, "gate", tmp_path).run("topics", "check")
    assert checked.returncode == 0, checked.stdout


def test_the_canaries_job_publishes_and_says_that_nobody_answered(
    helm: Helm, broker: Broker, tmp_path: Path
) -> None:
    topics = {"prefix": f"chart-{uuid4().hex[:8]}.", "partitions": 2, "replication": 1}
    canaries = {"enabled": True, "count": 3, "wait": "1s", "policy": "harassment"}
    rendered = helm.render(
        "minimal",
        {"kafka.bootstrapServers": broker.bootstrap, "settings.topics": topics, "canaries": canaries},
    )
    assert Container(rendered, "topics", tmp_path).run().returncode == 0
    job = Container(rendered, "canaries", tmp_path).run()
    assert job.returncode == 4, job.stdout + job.stderr
    assert "3 of 3 canaries had no verdict in 1 s and were deleted" in job.stderr


def test_the_shadow_is_ready_in_its_group_and_ends_in_its_grace(
    helm: Helm, broker: Broker, tmp_path: Path
) -> None:
    topics = {"prefix": f"chart-{uuid4().hex[:8]}.", "partitions": 2, "replication": 1}
    shadow = {"shadow.enabled": True, "shadow.policies.set": "demo"}
    rendered = helm.render(
        "minimal", {"kafka.bootstrapServers": broker.bootstrap, "settings.topics": topics, **shadow}
    )
    assert Container(rendered, "topics", tmp_path).run().returncode == 0
    container = Container(rendered, "shadow", tmp_path)
    container.start()
    for probe in PROBES:
        eventually(partial(container.answers, probe), 60, f"the {probe} of the shadow")
    assert container.end() == 0, container.log.read_text()[-2_000:]


@pytest.mark.slow
def test_the_rendered_processes_hold_a_post_and_end_in_their_grace(
    containers: dict[str, Container], tmp_path: Path
) -> None:
    assert set(containers) == {"gate", "triage", "judge", "ledger"}
    for part, container in containers.items():
        for probe in PROBES:
            eventually(partial(container.answers, probe), 60, f"the {probe} of {part}")
    gate = containers["gate"]
    assert gate.run("publish", "first-post", "Hello!").returncode == 0
    eventually(lambda: '"hold"' in gate.run("trace", "first-post", "--json").stdout, 60, "its hold")
    for part, container in containers.items():
        assert container.end() == 0, (part, container.log.read_text()[-2_000:])
