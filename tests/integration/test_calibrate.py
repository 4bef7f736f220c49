"""`sluice policy calibrate` on a real broker: labels from one pass over `audit`, answers from another."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time_ns

import pytest
from confluent_kafka import Producer
from msgspec.structs import replace

from stream.adapters.brokers import Broker
from stream.adapters.policies import PolicyFolder
from stream.core.audit import Ask, CaseJudged, Confidential
from stream.core.cascade import Why
from stream.core.judgement import Confidence, Finding, Judgement
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.template import template_digest
from stream.core.terms import DecidedBy, Decision, Effort
from stream.core.topics import Topic
from stream.core.verdict import CaseClosed, Closing
from stream.core.wire import encode
from tests.fleet.installation import Installation

SHIPPED = PolicyFolder(Path(__file__).parents[2] / "policies")
HARASSMENT = SHIPPED.policy("harassment")
CASES = 700
MARKER = "heron-under-the-bridge"


@pytest.fixture
def installation(broker: Broker, tmp_path: Path) -> Installation:
    return Installation(broker, tmp_path)


def judged(number: int, now: int) -> CaseJudged:
    """A flagged case: asked at low effort, then at high."""
    low = Ask(
        policies=("harassment",),
        effort=Effort.LOW,
        why=Why.FIRST,
        results={"harassment": PolicyResult.VIOLATES},
        model="small",
        template=template_digest((HARASSMENT,)),
    )
    said = Judgement(
        policy="harassment",
        result=PolicyResult.VIOLATES,
        findings=(Finding("HR1.a", MARKER),),
        severity=3,
        rationale=MARKER,
        confidence=Confidence(log_probability=-0.01),
    )
    return CaseJudged(
        id=f"p{number}",
        case=f"c0-{number}",
        version=1,
        digest=f"sha256:{number:064x}",
        at=now,
        proposal=Proposal.REVIEW,
        policy_set="sha256:" + "a" * 64,
        policies=("harassment",),
        model="large",
        effort=Effort.HIGH,
        asks=(low, replace(low, effort=Effort.HIGH, why=Why.RAISED, model="large")),
        digests={"harassment": HARASSMENT.digest},
        confidential=Confidential(judgements=(said,)),
    )


def closed(number: int, now: int) -> CaseClosed:
    """What a reviewer made of it: each hundredth was no harassment."""
    removes = number % 100 != 0
    return CaseClosed(
        id=f"p{number}",
        case=f"c0-{number}",
        version=1,
        at=now + 60_000,
        closing=Closing.DECIDED,
        published=True,
        decision=Decision.REMOVE if removes else Decision.RELEASE,
        decided_by=DecidedBy.REVIEWER,
        by="bo",
        clauses=("harassment/hr1.a",) if removes else (),
    )


def run(installation: Installation, *more: str) -> subprocess.CompletedProcess[str]:
    begin, end = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (-30, 5))
    line = [sys.executable, "-m", "stream.cli", "policy", "calibrate", "--policy", "harassment"]
    window = ("--from", begin.isoformat(), "--to", end.isoformat())
    environment = installation.member("gate").environment
    return subprocess.run(
        [*line, *window, *more], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_what_people_decided_earns_a_grant_that_is_written_into_the_set(installation: Installation) -> None:
    # Given a judge's answers and reviewers' decisions in Kafka, and a record that is none
    now = time_ns() // 1_000_000
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    audit = installation.topic(Topic.AUDIT)
    producer.produce(audit, b"no event", "p0")
    for number in range(CASES):
        for event in (closed(number, now), judged(number, now)):
            producer.produce(audit, encode(event), event.id)
        producer.poll(0)
    assert producer.flush(60) == 0
    # When they are calibrated on
    done = run(
        installation, "--json", "--write", "--by", "ana", "--report", str(installation.folder / "c.html")
    )
    # Then removals are certified by what people agreed with, for the model and effort whose answer counted
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[0])
    remove = found["calibration"]["remove"]
    assert (remove["model"], remove["effort"], remove["drawn"]) == ("large", "high", "flagged")
    assert found["judged"] == CASES
    assert remove["bound"] >= 0.95
    assert "person's label" in found["claims"][1]["verdict"]
    # And the set holds it, and no word of a post went anywhere
    loaded = PolicyFolder(installation.folder / "policies").policy_set("hasty")
    assert loaded.calibrations["harassment"].policy == HARASSMENT.digest
    assert "harassment" not in loaded.uncalibrated
    page = (installation.folder / "c.html").read_text()
    assert MARKER not in page + done.stdout + done.stderr
