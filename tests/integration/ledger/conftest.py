"""An installation with its path running, and workers of the ledger that end with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from stream.adapters.brokers import Broker
from tests.fleet.installation import Installation
from tests.integration.ledger.world import Worker
from tests.integration.processes import conftest as processes
from tests.integration.processes.conftest import ends_well

Begin = Callable[..., Worker]

start, watcher = processes.start, processes.watcher


@pytest.fixture
def installation(broker: Broker, tmp_path: Path) -> Installation:
    return Installation(broker, tmp_path)


@pytest.fixture
def path(installation: Installation) -> Iterator[Installation]:
    """The installation, with gate, triage and judge at work."""
    with at_work(installation):
        yield installation


@contextmanager
def at_work(installation: Installation) -> Iterator[None]:
    """Gate, triage and judge of an installation, which must end well."""
    with ExitStack() as closing:
        for kind in ("gate", "triage", "judge"):
            member = installation.member(kind)
            member.start()
            closing.callback(ends_well, member)
        yield


@contextmanager
def working(*workers: Worker) -> Iterator[None]:
    """Workers of the ledger, from their readiness to their good end."""
    with ExitStack() as closing:
        for worker in workers:
            closing.callback(_ends_well, worker)
            worker.start()
        yield


@pytest.fixture
def begin(installation: Installation) -> Iterator[Begin]:
    """Makes a worker and starts it; each must end well after the test."""
    with ExitStack() as closing:

        def make(number: int = 0, **settings: str) -> Worker:
            worker = Worker(installation, number, **settings)
            closing.callback(_ends_well, worker)
            return worker.start()

        yield make


def _ends_well(worker: Worker) -> None:
    if worker.member.process.poll() is None:
        ends_well(worker.member)
