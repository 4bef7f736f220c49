"""A window of a real Kafka under two sets; a shadow beside a real judge, which writes to `audit` alone."""

import json
from pathlib import Path

import pytest
from confluent_kafka import Producer

from stream.adapters.kafka import Connection
from stream.adapters.kafka.scan import Scan
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.policies import PolicyFolder
from stream.config import Settings
from stream.config.kafka import Topics
from stream.core.audit import CaseJudged, CaseShadowed
from stream.core.canary import CANARY_PREFIX, CANARY_SURFACE
from stream.core.content import Edited, Published
from stream.core.errors import Unreadable
from stream.core.judgement import Answer, Question
from stream.core.policy import PolicyResult
from stream.core.topics import Topic
from stream.core.wire import encode, read_audit
from stream.ops.backtest.backtest import Sets
from stream.ops.backtest.report import Conditions
from stream.ops.backtest.window import Window
from stream.ports import Engine
from stream.wiring.backtest import Asked, run_backtest
from tests.fleet.installation import PARTITIONS, POLICIES, Installation
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Sluice, Start
from tests.unit.processors.cases import safe

Events = list[CaseJudged | CaseShadowed]
POSTS = 20


def violations() -> list[str]:
    """Texts that the exemplar knows: the policy's own examples."""
    policy = PolicyFolder(POLICIES).policy("harassment")
    examples = (example for group in policy.examples for example in group)
    return [example.text for example in examples if example.result is PolicyResult.VIOLATES]


def texts() -> dict[str, str]:
    bad = violations()
    return {
        f"p{number}": bad[number % len(bad)] if number % 2 else f"good morning number {number}"
        for number in range(POSTS)
    }


def publish(installation: Installation) -> None:
    """Posts, one of them edited, one published twice, and a canary."""
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    posts: list[Published | Edited] = [
        Published(id=name, version=1, at=1, text=text, language="en", surface="feed")
        for name, text in texts().items()
    ]
    posts.append(posts[0])
    posts.append(Edited(id="p0", version=2, at=2, text=violations()[0], language="en", surface="feed"))
    posts.append(
        Published(id=CANARY_PREFIX + "1", version=1, at=1, text=violations()[0], surface=CANARY_SURFACE)
    )
    for post in posts:
        producer.produce(installation.topic(Topic.CONTENT), encode(post), post.id)
    assert producer.flush(30) == 0


def audited(installation: Installation, kind: type[CaseJudged] | type[CaseShadowed]) -> Events:
    found = []
    for record in records(installation.bootstrap, installation.topic(Topic.AUDIT), PARTITIONS):
        try:
            event = read_audit(record.value)
        except Unreadable:
            continue
        if isinstance(event, kind):
            found.append(event)
    return found


def ends(installation: Installation) -> dict[str, dict[tuple[str, int], int]]:
    with Scan(Connection(bootstrap=installation.bootstrap)) as scan:
        return {topic: scan.ends(scan.partitions(installation.topic(topic))) for topic in Topic}


def candidate(installation: Installation, name: str, change: tuple[str, str]) -> Path:
    """The installation's set with one change, in a folder of its own."""
    folder = installation.folder / name
    (folder / "sets").mkdir(parents=True)
    for policy in POLICIES.iterdir():
        if (policy / "policy.md").exists():
            (folder / policy.name).symlink_to(policy)
    text = (installation.folder / "policies" / "sets" / "hasty.toml").read_text()
    assert change[0] in text
    (folder / "sets" / f"{name}.toml").write_text(text.replace(*change))
    return folder


SOFTER = ('[policies.harassment]\nautonomy = "remove"', '[policies.harassment]\nautonomy = "recommend"')


@pytest.mark.timeout(240)
def test_a_window_is_compared_and_no_topic_moves(
    installation: Installation, start: Start, sluice: Sluice
) -> None:
    """Given posts that a judge removed, when a softer set is backtested, then they alone are named."""
    for kind in ("gate", "triage", "judge"):
        start(kind)
    publish(installation)
    judged = POSTS + 2
    eventually(lambda: len(audited(installation, CaseJudged)) == judged, 120, "all to be judged")
    removed = {one.id for one in audited(installation, CaseJudged) if one.proposal == "remove"}
    removed = {name for name in removed if not name.startswith(CANARY_PREFIX)}
    assert len(removed) >= POSTS // 2
    folder, page = candidate(installation, "softer", SOFTER), installation.folder / "page.html"
    window = ("--from", "2020-01-01", "--candidate", "softer", "--candidate-dir", str(folder))
    before = ends(installation)
    told = json.loads(sluice("policy", "backtest", *window, "--json", "--report", str(page)).stdout)
    # Then what changes is named, today's answers were read and nothing was asked
    assert told["moves"]["removed → people"] == len(removed) == told["all"]["milder"]
    assert {one["name"]: one["milder"] for one in told["policies"]}["harassment"] == len(removed)
    assert told["posts"] == POSTS + 1
    assert told["recorded"] == POSTS + 1
    assert told["conditions"]["asked"] == 0
    assert {one["id"] for one in told["examples"]} <= removed
    # And no post's text is in the terminal, nor a topic a record longer
    shown = sluice("policy", "backtest", *window, "--sample", "10").stdout
    assert not any(text in shown for text in texts().values())
    assert "A random sample of 10 of 21 posts" in shown
    assert "removed → people" in page.read_text()
    # And where another model is asked, an interrupted run goes on, and asks nothing twice
    kept = installation.folder / "judgements.sqlite"
    engine = Counting()
    first = replayed(installation, folder, kept, engine, stop_after=6)
    asked = len(engine.asked)
    second = replayed(installation, folder, kept, engine)
    assert (first.complete, second.complete) == (False, True)
    assert 0 < asked < len(engine.asked)
    assert set(engine.asked[:asked]).isdisjoint(engine.asked[asked:])
    assert second.asked == len(engine.asked) - asked
    assert ends(installation) == before


class Counting(ScriptedEngine):
    """Calls everything safe, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

        async def answer(question: Question) -> Answer:
            self.asked.append((question.text, question.policies[0].id))
            return safe(question)

        super().__init__(answer)


class Stopping:
    """Ends a run after so many posts, as Ctrl-C does."""

    def __init__(self, after: int) -> None:
        self._left = after

    def begins(self, what: str, total: int | None = None) -> None:
        del what, total

    def passed(self) -> None:
        del self

    def stopped(self) -> bool:
        self._left -= 1
        return self._left < 0


def replayed(
    installation: Installation, folder: Path, kept: Path, engine: Engine, stop_after: int = 1_000
) -> Conditions:
    """A backtest of the whole topic by another engine; says how it went."""
    settings = Settings(topics=Topics(prefix=installation.names.prefix, partitions=PARTITIONS))
    ours = PolicyFolder(installation.folder / "policies").policy_set("hasty")
    sets = Sets(ours, PolicyFolder(folder).policy_set("softer"))
    asked = Asked(window=Window(begin=0, end=10**13), answers=kept)
    with Scan(Connection(bootstrap=installation.bootstrap)) as scan:
        return run_backtest(settings, scan, sets, asked, Stopping(stop_after), engine)[1]


@pytest.mark.timeout(240)
def test_the_shadow_writes_to_audit_alone_and_is_compared(
    installation: Installation, start: Start, sluice: Sluice
) -> None:
    """Given a shadow beside the judge, when posts are judged, then it takes notes, which are compared."""
    folder = candidate(installation, "softer", SOFTER)
    for kind in ("gate", "triage", "judge"):
        start(kind)
    shadow = installation.member(
        "shadow",
        command=("-m", "stream.cli", "run", "shadow", "--set", "softer", "--share", "1"),
        POLICIES__DIR=str(folder),
    )
    shadow.start()
    try:
        publish(installation)
        eventually(lambda: len(audited(installation, CaseJudged)) == POSTS + 2, 120, "all to be judged")
        eventually(lambda: len(audited(installation, CaseShadowed)) == POSTS + 1, 120, "all to be shadowed")
    finally:
        assert shadow.end() == 0, shadow.tail()
    written = {
        topic
        for topic in Topic
        for record in records(installation.bootstrap, installation.topic(topic), PARTITIONS)
        if ("ce_source", b"/sluice/shadow") in record.headers
    }
    assert written == {Topic.AUDIT}
    line = ("--from", "2020-01-01", "--candidate", "softer", "--candidate-dir", str(folder), "--shadowed")
    told = json.loads(sluice("policy", "backtest", *line, "--json").stdout)
    removed = {one.id for one in audited(installation, CaseJudged) if one.proposal == "remove"}
    assert told["moves"]["removed → people"] == len(removed - {CANARY_PREFIX + "1"})
    assert told["not_compared"] == 0
