"""The chart's ScaledObjects over a real Kafka and a real Prometheus, before KEDA's own code."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest
import yaml

from stream.adapters.brokers import Broker
from tests.autoscaling.asker import Asker
from tests.autoscaling.backlog import PARTITIONS, Backlog
from tests.autoscaling.prometheus import Prometheus
from tests.chart.conftest import helm, tools  # noqa: F401 - fixtures
from tests.chart.rendering import ROOT, Helm, Object
from tests.conftest import missing
from tests.fleet.installation import Installation
from tests.integration.processes.conftest import start, watcher  # noqa: F401 - fixtures

Ask = Callable[..., Asker]
Where = Backlog | Installation

CASES_PER_REPLICA = 10
"""In place of hundreds, so that a test's lag is soon made."""

NO_PROMETHEUS = "http://127.0.0.1:1"
"""Nothing listens there."""


@pytest.fixture(scope="session")
def program() -> Path:
    """KEDA's code, built by scripts/keda where it is not yet."""
    built = subprocess.run([ROOT / "scripts" / "keda"], capture_output=True, text=True, check=False)
    if built.returncode != 0:
        missing(f"KEDA's code could not be built: {built.stderr[-500:]}")
    return Path(built.stdout.strip())


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus for the whole run: installations are told apart by their namespace."""
    if shutil.which("prometheus") is None:
        missing("Prometheus is not installed: run scripts/promtool")
    found = Prometheus(tmp_path_factory.mktemp("prometheus"))
    yield found
    found.close()


@pytest.fixture
def backlog(broker: Broker) -> Backlog:
    return Backlog(broker.bootstrap)


@pytest.fixture
def ask(helm: Helm, program: Path, tmp_path: Path) -> Iterator[Ask]:  # noqa: F811
    """Puts a process's ScaledObject before KEDA: `ask("judge", backlog, prometheus=URL, **values)`.

    `values` stand under the process's `keda`, `more` anywhere; `beside`: objects the chart does not make.
    `spoilt` changes the rendering: {"lag.topic": …} in a trigger, {"fallback.replicas": …} in the rest.
    """
    numbers = count()
    with ExitStack() as closing:

        def begin(
            part: str,
            where: Where,
            *,
            prometheus: str = NO_PROMETHEUS,
            spoilt: dict[str, object] | None = None,
            beside: Sequence[Object] = (),
            more: Object | None = None,
            **values: object,
        ) -> Asker:
            own = {f"{part}.keda.{key}": value for key, value in values.items()}
            objects = helm.render("minimal", _values(where, prometheus), own, more or {}).objects
            _spoil(objects, part, spoilt or {})
            manifests = tmp_path / f"{part}-{next(numbers)}.yaml"
            manifests.write_text(yaml.safe_dump_all([*objects, *beside]))
            return closing.enter_context(Asker(program, manifests, f"sluice-{part}"))

        yield begin


def namespace(where: Where) -> str:
    """The namespace that this installation's series carry."""
    return where.names.prefix.rstrip(".")


def _values(where: Where, prometheus: str) -> dict[str, object]:
    return {
        "kafka.bootstrapServers": where.bootstrap,
        "settings.topics.prefix": where.names.prefix,
        "settings.topics.partitions": PARTITIONS,
        **{f"{part}.keda.enabled": True for part in ("triage", "judge")},
        **{f"{part}.keda.maxReplicas": PARTITIONS for part in ("triage", "judge")},
        **{f"{part}.keda.casesPerReplica": CASES_PER_REPLICA for part in ("triage", "judge")},
        "judge.keda.prometheus.url": prometheus,
        "judge.keda.prometheus.selector": f'namespace="{namespace(where)}",service="sluice-metrics"',
    }


def _spoil(objects: list[Object], part: str, spoilt: dict[str, object]) -> None:
    [spec] = [
        found["spec"]
        for found in objects
        if found["kind"] == "ScaledObject" and found["metadata"]["name"] == f"sluice-{part}"
    ]
    triggers = {trigger["name"]: trigger["metadata"] for trigger in spec["triggers"]}
    for path, value in spoilt.items():
        *folders, key = path.split(".")
        place = triggers | spec
        for folder in folders:
            place = place[folder]
        assert key in place, path
        place[key] = value
