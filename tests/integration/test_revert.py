"""Ten thousand decisions of one set are undone, by a real gate on a real broker, with an interruption."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka import Producer

from stream.adapters.brokers import Broker
from stream.core.case import Case
from stream.core.content import Edited, Published
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision, Effort
from stream.core.topics import Topic
from stream.core.verdict import Verdict
from stream.core.wire import encode, read_case, read_verdict
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.members import Member
from tests.fleet.records import records
from tests.fleet.waiting import eventually

FAULTY, SOUND = "sha256:" + "ab" * 32, "sha256:" + "cd" * 32
REVERTED = 10_000
LEFT_ALONE = 400
"""Beside them: of another set, decided by staff since, edited since."""


@pytest.fixture
def installation(broker: Broker, tmp_path: Path) -> Installation:
    return Installation(broker, tmp_path, automatic=600)


@pytest.fixture
def gate(installation: Installation) -> Iterator[Member]:
    member = installation.member("gate")
    member.start()
    yield member
    assert member.end() == 0, member.tail()


class World:
    """The installation's topics, written and read as an app, a judge and staff do."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._producer = Producer(
            {
                "bootstrap.servers": installation.bootstrap,
                "partitioner": "murmur2_random",
                "queue.buffering.max.messages": 500_000,
            }
        )

    def send(self, topic: Topic, events: Iterator[object]) -> None:
        for event in events:
            key = str(getattr(event, "id", ""))
            self._producer.produce(self.installation.topic(topic), encode(event), key)
            self._producer.poll(0)
        assert self._producer.flush(60) == 0

    def cases(self) -> dict[str, Case]:
        found = self._read(Topic.CASES_TRIAGE)
        return {case.id: case for case in map(read_case, found)}

    def verdicts(self) -> dict[str, Verdict]:
        found = self._read(Topic.VERDICTS)
        return {verdict.id: verdict for verdict in map(read_verdict, found)}

    def _read(self, topic: Topic) -> list[bytes | None]:
        name = self.installation.topic(topic)
        return [record.value for record in records(self.installation.bootstrap, name, PARTITIONS)]


def names() -> list[str]:
    return [f"p{number}" for number in range(REVERTED + LEFT_ALONE)]


def posts() -> Iterator[Published]:
    return (Published(id=name, version=1, at=1, text=f"text of {name}", language="en") for name in names())


def judged(case: Case, number: int) -> Outcome:
    """Every other one is removed; the last of all are another set's."""
    removes = number % 2 == 0
    return Outcome(
        id=case.id,
        case=case.case,
        version=1,
        proposal=Proposal.REMOVE if removes else Proposal.RELEASE,
        decided_by=DecidedBy.MODEL,
        at=1,
        by="judge-0",
        model="m",
        effort=Effort.LOW,
        policy_set=SOUND if number >= REVERTED + 200 else FAULTY,
        clauses=("spam/sp1.a",) if removes else (),
    )


def line(installation: Installation, *more: str) -> list[str]:
    begin, end = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    window = ("--from", begin.isoformat(), "--to", end.isoformat())
    return [sys.executable, "-m", "stream.cli", "revert", "--digest", FAULTY, *window, *more]


def run(installation: Installation, *more: str) -> str:
    environment = installation.member("gate").environment
    done = subprocess.run(
        line(installation, *more), env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_ten_thousand_decisions_are_undone_each_once_though_it_is_interrupted(
    installation: Installation, gate: Member
) -> None:
    # Given ten thousand posts that a faulty set decided about, and others that it did not, or not last
    world = World(installation)
    world.send(Topic.CONTENT, posts())
    eventually(lambda: len(world.cases()) == len(names()), 90, "cases of all")
    cases = world.cases()
    world.send(Topic.OUTCOMES, (judged(cases[name], number) for number, name in enumerate(names())))
    decided = (Decision.RELEASE, Decision.REMOVE)
    eventually(lambda: all(one.decision in decided for one in world.verdicts().values()), 90, "decisions")
    by_staff, edited = names()[REVERTED : REVERTED + 100], names()[REVERTED + 100 : REVERTED + 200]
    staff = (
        StaffDecision(id=name, version=1, proposal=Proposal.REMOVE, by="bo", reason="r", at=1)
        for name in by_staff
    )
    world.send(Topic.OUTCOMES, staff)
    world.send(Topic.CONTENT, (Edited(id=name, version=2, at=1, text="new") for name in edited))
    eventually(lambda: world.verdicts()[edited[-1]].version == 2, 60, "the last edit")
    eventually(lambda: world.verdicts()[by_staff[-1]].decided_by is DecidedBy.STAFF, 60, "the last decision")
    before = world.verdicts()
    # When it is tried dry, then it says what it would do, and nothing changes
    told = run(installation, "--dry-run")
    assert f"{REVERTED:,} decisions" in told
    assert sum("5,000" in row for row in told.splitlines()) == 6
    assert world.verdicts() == before
    # When it is done, and interrupted in the middle
    how = ("--yes", "--reason", "faulty set", "--ticket", "OPS-17", "--by", "ana", "--rate", "1500/s")
    began = time.monotonic()
    first = subprocess.Popen(
        line(installation, *how),
        env=installation.member("gate").environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def restored() -> int:
        return sum(restored_by_staff(one) for one in world.verdicts().values())

    eventually(lambda: restored() > 500, 60, "some of it")
    first.send_signal(signal.SIGINT)
    said, _nothing = first.communicate(timeout=60)
    assert first.returncode == 130, said
    halfway = int(said.splitlines()[-1].split(" of ")[0].replace(",", ""))
    assert 500 < halfway < REVERTED
    # And begun again
    eventually(lambda: restored() + watched(world) >= halfway, 60, "what was sent")
    again = run(installation, *how)
    assert f"{REVERTED - halfway:,} of {REVERTED - halfway:,} sent" in again
    assert time.monotonic() - began > REVERTED / 1_500, "it was faster than its rate"
    # Then each removal was restored once, by name; each release was asked about once, and stays visible
    eventually(lambda: restored() == REVERTED // 2, 60, "all removals restored")
    eventually(lambda: watched(world) == REVERTED // 2, 60, "a watch of all releases")
    after = world.verdicts()
    for number, name in enumerate(names()):
        if number >= REVERTED:
            assert after[name] == before[name]
            continue
        assert after[name].decision is Decision.RELEASE
        assert (after[name].version, after[name].digest) == (1, before[name].digest)
        assert (after[name].decided_by is DecidedBy.STAFF) == (number % 2 == 0)
        assert number % 2 or after[name].reason == "faulty set"
    asked = [json.loads(value or b"{}") for value in world._read(Topic.OUTCOMES)]
    under = [(one["id"], one["type"]) for one in asked if one.get("ticket") == "OPS-17"]
    assert len(under) == len(set(under)) == REVERTED
    # And a third time there is nothing left to do
    assert "0 of 0 sent" in run(installation, *how)


def restored_by_staff(verdict: Verdict) -> bool:
    return verdict.decided_by is DecidedBy.STAFF and verdict.decision is Decision.RELEASE


def watched(world: World) -> int:
    """How many posts have a case that a request opened."""
    cases = (read_case(value) for value in world._read(Topic.CASES_TRIAGE))
    return len({case.id for case in cases if case.origin.value == "staff"})
