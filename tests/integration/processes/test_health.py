"""What real processes say of themselves: when they start, lose their broker, or stand still."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from stream.adapters.brokers import JavaBroker
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.members import Member
from tests.fleet.pages import Page
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_starting import KINDS, Door

ASSIGNED = {
    "gate": ["sluice_gate_assigned_partitions{}", "sluice_gate_live_partitions{}"],
    "triage": ["sluice_lane_assigned_partitions{lane=triage}"],
    "judge": [
        "sluice_lane_assigned_partitions{lane=judge}",
        "sluice_lane_assigned_partitions{lane=judge-priority}",
    ],
}


def command(page: Page, question: str) -> tuple[int, str]:
    """Status and words of `sluice health QUESTION`, as an image's health check runs it."""
    done = subprocess.run(
        [sys.executable, "-m", "stream.cli", "health", question],
        env={**os.environ, "SLUICE_METRICS__PORT": str(page.port)},
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    return done.returncode, (done.stdout or done.stderr).strip()


def test_a_process_is_ready_once_its_partitions_are_its_own_and_flow(
    installation: Installation, start: Start
) -> None:
    pages = {kind: Page() for kind in KINDS}
    with Door(installation.bootstrap) as door:
        # Given processes that wait for their broker
        for kind, page in pages.items():
            start(kind, KAFKA__BOOTSTRAP_SERVERS=door.address, **page.settings)
        for kind, page in pages.items():
            eventually(lambda: page.is_so("live"), 40, f"the page of {kind}")  # noqa: B023 - waited for here
        # Then they are live and started, but for the judge, whose model is yet to come; none is ready
        assert {kind: page.line("started") for kind, page in pages.items()} == {
            "gate": "started",
            "triage": "started",
            "judge": "not started: the model is being loaded",
        }
        assert {kind: page.get("/health/ready")[0] for kind, page in pages.items()} == dict.fromkeys(
            KINDS, 503
        )
        assert pages["gate"].line("ready") == "not ready: gate: has not begun yet"
        # When the broker is there
        door.open()
        for kind, page in pages.items():
            # Then each gets ready, and never before all partitions are its own
            while not page.is_so("ready"):
                assert page.is_so("live")
            assert [page.samples()[name] for name in ASSIGNED[kind]] == [PARTITIONS] * len(ASSIGNED[kind])
            assert page.is_so("started")
            assert command(page, "ready") == (0, "ready")


def test_a_judge_that_loads_its_model_is_live_and_says_what_it_waits_for(
    installation: Installation, start: Start
) -> None:
    # Given an engine that loads for ever
    (installation.folder / "endless").touch()
    page = Page()
    judge = start("scripted", **page.settings)
    # Then the page is there all the same, for a startup probe to wait and a liveness probe to leave it alone
    eventually(lambda: "engine starts" in judge.log.read_text(), 40, "the engine's start")
    assert page.is_so("live")
    assert page.get("/health/started") == (503, "not started: the model is being loaded\n")
    assert command(page, "started") == (1, "not started: the model is being loaded")
    assert command(page, "ready")[0] == 1


def test_one_more_process_than_there_are_partitions_is_ready_to_stand_by(
    installation: Installation, start: Start
) -> None:
    # Given as many members as partitions, and one more
    pages = [Page() for _ in range(PARTITIONS + 1)]
    for number, page in enumerate(pages):
        start("triage", number, **page.settings)
    # Then all are ready, one of them with nothing
    (name,) = ASSIGNED["triage"]

    def spread() -> bool:
        held = sorted(page.samples()[name] for page in pages if page.is_so("ready"))
        return held == [0, *[1] * PARTITIONS]

    eventually(spread, 90, "a partition for each but one")


@pytest.fixture
def own_broker() -> Iterator[JavaBroker]:
    """A broker that a test may kill."""
    with JavaBroker.start() as broker:
        yield broker


@pytest.mark.broker
@pytest.mark.slow
def test_without_its_broker_a_process_stays_live_and_started(own_broker: JavaBroker, tmp_path: Path) -> None:
    # Given a fleet at work
    installation = Installation(own_broker, tmp_path)
    pages = {kind: Page() for kind in KINDS}
    members = [
        installation.member(kind, METRICS__ENABLED="true", METRICS__PORT=str(page.port))
        for kind, page in pages.items()
    ]
    try:
        for member in members:
            member.start()
        eventually(lambda: all(page.is_so("ready") for page in pages.values()), 60, "readiness")
        # When the broker is gone, and each process has noticed
        own_broker.kill()
        for member in members:
            eventually(lambda: "Connection refused" in member.log.read_text(), 30, member.name)  # noqa: B023
        # Then nobody would restart them
        for page in pages.values():
            assert (page.line("live"), page.line("started")) == ("live", "started")
        # And they are ready again when it is back
        own_broker.restart()
        eventually(lambda: all(page.is_so("ready") for page in pages.values()), 90, "readiness")
        assert [member.process.poll() for member in members] == [None] * len(members)
    finally:
        for member in members:
            member.end()


def test_a_process_that_stands_still_is_neither_live_nor_ready_until_it_goes_on(start: Start) -> None:
    # Given a gate at work
    page = Page()
    gate: Member = start("gate", **page.settings)
    eventually(lambda: page.is_so("ready"), 40, "readiness")
    # When it is stopped
    gate.process.send_signal(signal.SIGSTOP)
    # Then the command does not wait for ever for its word
    for question in ("live", "ready"):
        status, words = command(page, question)
        assert (status, "nobody answers" in words) == (1, True)
    # And when it goes on, it is well
    gate.process.send_signal(signal.SIGCONT)
    eventually(lambda: page.is_so("ready"), 40, "readiness")
