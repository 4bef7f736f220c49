"""SIGTERM ends every process cleanly and soon, whether the broker is there or not."""

from pathlib import Path

import pytest

from stream.adapters.brokers import JavaBroker
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish

KINDS = ("gate", "triage", "judge")


def see_them_work(installation: Installation) -> None:
    """Wait until a post has gone through all three."""
    watcher = Watcher(installation.bootstrap, installation.names, PARTITIONS)
    watcher.start()
    try:
        publish(installation, {"first": "Good morning."})
        eventually(lambda: "first" in watcher.last and not watcher.waits_for_machines, 60, "an answer")
    finally:
        watcher.end()


def test_sigterm_ends_every_process_with_status_0(installation: Installation, start: Start) -> None:
    members = [start(kind) for kind in KINDS]
    see_them_work(installation)
    assert [member.end(20) for member in members] == [0, 0, 0]


@pytest.mark.slow
def test_sigterm_ends_every_process_though_the_broker_is_gone(tmp_path: Path) -> None:
    # Given three processes at work
    with JavaBroker.start() as broker:
        installation = Installation(broker, tmp_path)
        members = [installation.member(kind) for kind in KINDS]
        for member in members:
            member.start()
        see_them_work(installation)
        # When the broker dies, and they are told to end
        broker.kill()
        for member in members:
            member.terminate()
        # Then each ends by itself
        assert -9 not in [member.end(45) for member in members]


@pytest.mark.slow
def test_sigterm_ends_every_process_though_the_broker_died_under_its_work(tmp_path: Path) -> None:
    # Given three processes in the middle of a backlog
    with JavaBroker.start() as broker:
        installation = Installation(broker, tmp_path)
        members = [installation.member(kind) for kind in KINDS]
        for member in members:
            member.start()
        see_them_work(installation)
        publish(installation, {f"post-{number}": "Good morning." for number in range(300)})
        # When the broker dies under a transaction and under commits, and they are told to end
        broker.kill()
        for member in members:
            member.terminate()
        # Then each ends by itself, within what the chart grants it
        assert -9 not in [member.end(45) for member in members]
