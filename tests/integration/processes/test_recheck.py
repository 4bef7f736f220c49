"""`sluice recheck` on a real broker: past posts are judged again behind live ones, each once, unhidden."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stream.core.case import RoutedCase
from stream.core.outcome import CaseRequested
from stream.core.terms import DecidedBy, Decision, Effect
from stream.core.topics import Topic
from stream.core.wire import read_outcome, read_routed
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish, released

POSTS = 120
FEW = 10
TICKET = "OPS-31"


def line(*more: str) -> list[str]:
    begin, end = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    window = ("--from", begin.isoformat(), "--to", end.isoformat())
    return [sys.executable, "-m", "stream.cli", "recheck", "--policy", "harassment", *window, *more]


def begun(installation: Installation, *more: str) -> subprocess.Popen[str]:
    environment = installation.member("gate").environment
    return subprocess.Popen(
        line(*more), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(installation: Installation, *more: str) -> str:
    command = begun(installation, *more)
    said, complaint = command.communicate(timeout=120)
    assert command.returncode == 0, complaint
    return said


def requested(installation: Installation) -> list[str]:
    """The ids that were asked about under the ticket, as often as they were."""
    found = records(installation.bootstrap, installation.topic(Topic.OUTCOMES), PARTITIONS)
    events = [read_outcome(record.value) for record in found]
    asked = [event for event in events if isinstance(event, CaseRequested) and event.ticket == TICKET]
    assert {event.effect for event in asked} <= {Effect.WATCH}
    return [event.id for event in asked]


def in_bulk(installation: Installation) -> list[RoutedCase]:
    found = records(installation.bootstrap, installation.topic(Topic.CASES_JUDGE), PARTITIONS)
    return [read_routed(record.value) for record in found]


@pytest.mark.timeout(240)
def test_past_posts_are_judged_again_behind_live_ones_each_once_and_nothing_is_hidden(
    installation: Installation, start: Start, watcher: Watcher, tmp_path: Path
) -> None:
    # Given posts that were released, and one that staff have an eye on by now
    for kind in ("gate", "triage", "scripted"):
        start(kind)
    names = {f"p{number}" for number in range(POSTS)}
    publish(installation, dict.fromkeys(names, "hello"))
    eventually(lambda: released(watcher) == names, 90, "the release of all")
    # When it is tried dry, then it says what it would do, and asks for nothing
    told = run(installation, "--dry-run")
    assert f"{POSTS} decisions" in told
    assert requested(installation) == []
    # When the model says another thing now, but is away, and the re-check is begun
    down, firm = tmp_path / "down", tmp_path / "firm"
    firm.touch()
    down.touch()
    how = (
        "--yes",
        "--reason",
        "HR1 reworded",
        "--ticket",
        TICKET,
        "--by",
        "ana",
        "--rate",
        "20/s",
        "--waiting",
        "5",
    )
    first = begun(installation, *how)
    # Then it waits as soon as the judge has more than a few before it
    eventually(lambda: len(in_bulk(installation)) >= POSTS + FEW, 60, "some of it")
    first.send_signal(signal.SIGINT)
    said, complaint = first.communicate(timeout=60)
    assert first.returncode == 130, complaint
    halfway = int(said.splitlines()[-1].split(" of ")[0])
    assert FEW <= halfway < POSTS
    assert released(watcher) == names, "a watch has hidden something"
    # When the judge is far behind, then a further run sends nothing until it has caught up
    again = begun(installation, *how)
    eventually(lambda: len(in_bulk(installation)) == POSTS + halfway, 30, "what was sent")
    assert again.poll() is None
    assert len(requested(installation)) == halfway
    down.unlink()
    said, complaint = again.communicate(timeout=120)
    assert again.returncode == 0, complaint
    assert f"{POSTS - halfway} of {POSTS - halfway} sent" in said
    # Then each was asked about once, in the bulk lane, and the model's new word stands
    asked = requested(installation)
    assert sorted(asked) == sorted(names)
    eventually(
        lambda: all(one.decision is Decision.REMOVE for one in list(watcher.last.values())), 60, "removals"
    )
    assert {one.decided_by for one in watcher.last.values()} == {DecidedBy.MODEL}
    watches = [one for one in in_bulk(installation) if one.effect is Effect.WATCH]
    assert sorted(one.id for one in watches) == sorted(names)
    # And there is nothing left to do, nor anything that stands as a release
    assert "0 of 0 sent" in run(installation, *how, "--decision", "release")
