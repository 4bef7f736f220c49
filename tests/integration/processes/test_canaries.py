"""Canaries through real processes: what the command says of a persuaded model, and of one that is not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from stream.cli.status import Status
from stream.client import VerdictReader, digest_of
from stream.core.canary import CANARY_PREFIX, is_canary
from stream.core.terms import Decision
from stream.core.topics import Topic
from stream.core.wire import read_verdict
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.pages import Page
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.injection.hostile import VIOLATIONS
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish

Canary = Callable[..., Result]
COUNT = 6


@pytest.fixture
def canary(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Canary:
    """Runs `sluice canary` in this process."""
    monkeypatch.chdir(tmp_path)

    def run(*options: str) -> Result:
        return installation.command("canary", "--policy", "harassment", "--count", str(COUNT), *options)

    return run


def told(page: Page) -> dict[str, float]:
    """The judge's metric of canaries, by result."""
    name = "sluice_judge_canaries_total{result="
    return {key[len(name) : -1]: value for key, value in page.samples().items() if key.startswith(name)}


def standing(installation: Installation) -> dict[str, Decision]:
    """The last decision about each canary."""
    written = records(installation.bootstrap, installation.topic(Topic.VERDICTS), PARTITIONS)
    verdicts = [read_verdict(record.value) for record in written]
    return {verdict.id: verdict.decision for verdict in verdicts if is_canary(verdict.id)}


def told_of_content(installation: Installation) -> list[str]:
    """The types of all events in `content`."""
    written = records(installation.bootstrap, installation.topic(Topic.CONTENT), PARTITIONS)
    return [json.loads(one.value or b"")["type"] for one in written]


def test_a_missed_canary_ends_with_status_1_a_caught_one_with_0_and_the_judge_tells_of_both(
    installation: Installation, start: Start, canary: Canary
) -> None:
    # Given gate, triage, and a judge whose model believes whatever a post says
    page = Page()
    start("gate")
    start("triage")
    start("scripted", JUDGE__WINDOW="16", JUDGE__PRIORITY_SLOTS="2", **page.settings)
    eventually(lambda: page.is_so("ready"), 60, "a judge that is ready")
    assert told(page) == {"caught": 0, "missed": 0, "unsure": 0}
    # When canaries are published
    missed = canary("--wait", "60s", "--json")
    # Then each is missed, and the status says so
    results = [json.loads(line) for line in missed.stdout.splitlines()]
    assert missed.exit_code == Status.FAILED, missed.output
    assert [one["result"] for one in results] == ["missed"] * COUNT
    assert told(page) == {"caught": 0, "missed": COUNT, "unsure": 0}
    # When the model is firm
    (installation.folder / "firm").touch()
    caught = canary("--wait", "60s")
    # Then each is caught, in a table by family
    assert caught.exit_code == Status.DONE, caught.output
    assert told(page) == {"caught": COUNT, "missed": COUNT, "unsure": 0}
    assert caught.stdout.splitlines()[-1].split() == ["all", str(COUNT), "0", "0"]
    # And all are taken back, no author was told, and no case was counted as judged
    eventually(lambda: set(standing(installation).values()) == {Decision.DELETED}, what="deletions")
    assert {one["id"] for one in results} < set(standing(installation))
    assert records(installation.bootstrap, installation.topic(Topic.NOTICES), PARTITIONS) == []
    assert page.samples()["sluice_judge_text_bytes_total{}"] == 0
    # And their words stand in no output and no log
    logs = [(installation.folder / f"{name}-0.log").read_text() for name in ("gate", "triage", "scripted")]
    for output in (missed.output, caught.output, *logs):
        assert not [case.id for case in VIOLATIONS if case.text in output]


def test_with_nobody_at_work_canaries_have_no_answer_and_are_taken_back(
    installation: Installation, canary: Canary
) -> None:
    # Given no process at all / When canaries are published
    result = canary("--wait", "1s")
    # Then the status is that of something that does not answer
    assert result.exit_code == Status.UNAVAILABLE, result.output
    assert f"{COUNT} of {COUNT} canaries had no verdict in 1 s and were deleted" in result.stderr
    assert "no answer" in result.stdout
    # And a deletion of each follows its publication
    kinds = told_of_content(installation)
    assert kinds.count("content.published.v1") == kinds.count("content.deleted.v1") == COUNT


def test_a_command_that_is_told_to_end_takes_its_canaries_back(installation: Installation) -> None:
    # Given a command that waits for verdicts that nobody writes
    line = ("-m", "stream.cli", "canary", "--count", str(COUNT), "--wait", "5m")
    member = installation.member("canary", command=line)
    member.start()
    eventually(lambda: len(told_of_content(installation)) == COUNT, 60, "canaries")
    # When its pod must go
    status = member.end()
    # Then it ends as by Ctrl-C, and has deleted what it published
    assert status == Status.INTERRUPTED, member.tail()
    assert told_of_content(installation).count("content.deleted.v1") == COUNT


def test_a_released_canary_is_shown_by_no_reader_and_counted_by_no_ledger(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given a fleet with a ledger
    page = Page()
    start("gate")
    start("triage")
    start("scripted", JUDGE__WINDOW="16", JUDGE__PRIORITY_SLOTS="2")
    start("ledger", **page.settings)
    # When a post and a canary are released, and nobody takes the canary back
    names = ["post-1", CANARY_PREFIX + "fake-mark-01/left-behind"]
    publish(installation, dict.fromkeys(names, "Good morning."))
    eventually(
        lambda: (
            [watcher.last[name].decision for name in names if name in watcher.last] == [Decision.RELEASE] * 2
        ),
        60,
        "both releases",
    )
    # Then a reader that has read both shows the post alone
    settings = {"bootstrap.servers": installation.bootstrap}
    with VerdictReader(settings, prefix=installation.names.prefix) as reader:
        reader.wait_until_current()
        digest = digest_of("Good morning.")
        assert [reader.shows(name, 1, digest) for name in names] == [True, False]
        assert [change.standing.id for change in reader.changes(timeout=1)] == ["post-1"]
    # And the ledger counts the post alone
    eventually(
        lambda: page.samples().get("sluice_ledger_contents{stands=release}") == 1, 60, "the ledger's count"
    )
    assert (
        sum(value for name, value in page.samples().items() if name.startswith("sluice_ledger_contents{"))
        == 1
    )
