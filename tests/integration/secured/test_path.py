"""A day on a broker that asks everybody for a password and a right, with those that users.yaml lists."""

import json
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from confluent_kafka import Consumer, Message, Producer

from stream.adapters.brokers.ports import free_ports
from stream.cli.status import Status
from stream.client import Publisher, VerdictReader, digest_of
from stream.core.outcome import Outcome, Proposal
from stream.core.terms import DecidedBy, Decision, Stage
from stream.core.wire import encode
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import ends_well
from tests.integration.secured.deployment import Deployment
from tests.integration.secured.users import Right, rights

pytestmark = pytest.mark.broker

KIND = "Reminder that the clocks change this weekend."


@pytest.fixture(scope="module")
def ledger_url(deployment: Deployment) -> Iterator[str]:
    """Gate, triage, judge, its shadow and ledger at work; gives the ledger's address."""
    (port,) = free_ports(1)
    views = {"LEDGER__PORT": str(port), "LEDGER__REFRESH_S": "0.2"}
    with ExitStack() as closing:
        for kind in ("gate", "triage", "judge", "ledger"):
            member = deployment.member(kind, **(views if kind == "ledger" else {}))
            member.start()
            closing.callback(ends_well, member)
        shadow = deployment.member("shadow", "sluice-shadow", POLICIES__SET="candidate", SHADOW__SHARE="1")
        shadow.start()
        closing.callback(ends_well, shadow)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def reader(deployment: Deployment, ledger_url: str) -> Iterator[VerdictReader]:
    """An app that shows content, after a day in which another app published."""
    with (
        Publisher(deployment.app("app-publisher"), source="/app") as publisher,
        VerdictReader(deployment.app("app-reader")) as reader,
    ):
        publisher.publish("kind", 1, KIND, language="en").result(30)
        reader.wait_until_current(30)
        eventually(lambda: reader.shows("kind", 1, digest_of(KIND)), 60, "the release")
        # A report takes the priority lane; what is no event at all becomes a dead letter.
        publisher.report("kind", 1, "somebody", "spam").result(30)
        broken = Producer({**deployment.app("app-publisher"), "partitioner": "murmur2_random"})
        broken.produce("content", b"{", b"broken")
        assert broken.flush(30) == 0
        eventually(lambda: reader.state_of("broken").under_review, 30, "the broken one's hold")
        # What may be urgent has a lane of its own, and what few may see a topic.
        publisher.publish("urgent", 1, KIND, language="en", surface="hotline").result(30)
        eventually(lambda: reader.shows("urgent", 1, digest_of(KIND)), 60, "the urgent one's release")
        find_restricted(deployment, reader, publisher)
        yield reader


def find_restricted(deployment: Deployment, reader: VerdictReader, publisher: Publisher) -> None:
    """A post that people have, in a language that no policy speaks, turns out to be few people's."""

    def is_peoples() -> bool:
        verdict = reader.state_of("few").verdict
        return verdict is not None and verdict.stage is Stage.PEOPLE

    publisher.publish("few", 1, "Добрый день", language="ru").result(30)
    eventually(is_peoples, 60, "people's task")
    verdict = reader.state_of("few").verdict
    assert verdict is not None
    found = Outcome(
        id="few",
        case=verdict.case or "",
        version=1,
        proposal=Proposal.REVIEW,
        decided_by=DecidedBy.MODEL,
        at=1,
        restricted=True,
    )
    judge = Producer({**deployment.app("sluice"), "partitioner": "murmur2_random"})
    judge.produce("outcomes", encode(found), b"few")
    assert judge.flush(30) == 0


def test_a_post_comes_to_its_verdict_and_the_ledger_knows_it(reader: VerdictReader, ledger_url: str) -> None:
    def knows() -> bool:
        answer = httpx.get(f"{ledger_url}/content/kind", timeout=10)
        return answer.status_code == 200 and answer.json()["stands"] == "release"

    eventually(knows, 60, "the ledger's answer")


@pytest.fixture(scope="module")
def operated(reader: VerdictReader, deployment: Deployment, ledger_url: str) -> dict[str, str]:
    """What an operator's commands printed about a released post and a record that became a dead letter."""

    def said(*line: str) -> str:
        done = deployment.sluice(*line, LEDGER__URL=ledger_url)
        assert done.exit_code == 0, done.output
        return done.stdout

    looked = {
        "check": said("topics", "check"),
        "verdicts": said("verdicts", "--no-follow", "--id", "kind"),
        "trace": said("trace", "kind"),
    }
    (letter,) = (json.loads(line)["letter"] for line in said("dlq", "list", "--json").splitlines())
    done = {
        "replay": said("dlq", "replay", letter, "--yes"),
        "publish": said("publish", "another", KIND),
    }
    eventually(lambda: reader.shows("another", 1, digest_of(KIND)), 60, "its release")
    return looked | done


def test_the_operators_commands_work_with_the_same_settings(operated: dict[str, str]) -> None:
    assert "0 faults" in operated["check"]
    assert "RELEASE v1" in operated["verdicts"]
    assert "reported" in operated["trace"]
    assert "1 replayed" in operated["replay"]
    assert "published" in operated["publish"]


@pytest.fixture(scope="module")
def commanded(operated: dict[str, str], deployment: Deployment) -> dict[str, str]:
    """What one of the few who may command the fleet was told, command by command."""
    lines = ["policy promote secured --yes", "policy show", "policy history", "policy withdraw --yes"]
    lines += ["pause remove", "resume remove"]
    done = {line: deployment.sluice(*line.split(), user="sluice-operator") for line in lines}
    assert {line: one.exit_code for line, one in done.items()} == dict.fromkeys(lines, 0)
    return {line: one.stdout for line, one in done.items()}


def test_an_operator_commands_the_fleet_with_a_right_of_his_own(commanded: dict[str, str]) -> None:
    promotion = commanded["policy promote secured --yes"]
    assert "promoted set secured" in promotion
    assert "not checked" not in promotion, "the right to look at the topics' retention is there"
    assert "1 promotion;" in commanded["policy history"]
    assert "set secured is promoted" in commanded["policy show"]
    assert "withdrawn" in commanded["policy withdraw --yes"]
    assert "nothing is paused" not in commanded["pause remove"]
    assert "nothing is paused" in commanded["resume remove"]


@pytest.fixture(scope="module")
def compared(reader: VerdictReader, deployment: Deployment) -> int:
    """How many posts somebody who cannot write compared by what the judge and its shadow said."""
    line = "policy backtest --from 2020-01-01 --candidate candidate --shadowed --json"
    found = [0]

    def compares() -> bool:
        done = deployment.sluice(*line.split(), user="sluice-analyst")
        assert done.exit_code == 0, done.output
        found[0] = json.loads(done.stdout)["all"]["posts"]
        return found[0] > 0

    eventually(compares, 60, "what the shadow noted")
    return found[0]


def test_sets_are_compared_without_a_right_to_write(compared: int) -> None:
    assert compared > 0


@pytest.fixture(scope="module")
def told(reader: VerdictReader, commanded: dict[str, str], deployment: Deployment) -> Message:
    """What an app reads in `notices`, in a group of its own, once staff have removed a post."""
    decided = deployment.sluice("decide", "kind", "remove", "--reason", "a test")
    assert decided.exit_code == 0, decided.output
    eventually(lambda: is_removed(reader, "kind"), 30, "the removal")
    own = {"group.id": "app-notices", "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
    consumer = Consumer(deployment.app("app-reader", **own))
    consumer.subscribe(["notices"])
    found = consumer.poll(30)
    consumer.close()
    assert found is not None
    return found


def test_an_app_hears_of_a_removal_and_of_whom_to_tell(told: Message, deployment: Deployment) -> None:
    # Given a post that staff removed / Then an app reads what its author should be told
    assert (told.error(), told.key()) == (None, b"kind")
    # As the operator sees
    assert "tell the author" in deployment.sluice("trace", "kind").stdout


def test_who_may_only_read_decides_and_commands_nothing(
    reader: VerdictReader, deployment: Deployment
) -> None:
    # Given somebody who may see everything / When he decides / Then it is refused in a sentence
    reads = {right for right in rights()["sluice"] if right.operation in ("Read", "Describe")}
    deployment.cluster.admit("auditor", reads)
    for line in (("decide", "kind", "remove", "--reason", "a test"), ("pause", "remove")):
        told = deployment.sluice(*line, user="auditor")
        assert (told.exit_code, "uthorization failed" in told.stderr) == (3, True), repr(told.exception)
    # And who may not even do that hears which topic he may not read
    deployment.cluster.admit("nobody", {Right("group", "nobody", "literal", "Read")})
    told = deployment.sluice("decide", "kind", "remove", "--reason", "a test", user="nobody")
    assert (told.exit_code, "verdicts" in told.stderr) == (Status.MISCONFIGURED, True), told.output


def is_removed(reader: VerdictReader, content_id: str) -> bool:
    verdict = reader.state_of(content_id).verdict
    return verdict is not None and verdict.decision is Decision.REMOVE


@pytest.mark.parametrize("user", rights())
def test_a_user_needs_every_right_that_is_listed_and_no_other(
    told: Message, compared: int, deployment: Deployment, user: str
) -> None:
    # Given a day on which everything did its work / When the authorizer's answers are read
    asked = deployment.cluster.rulings(user)
    # Then nothing was denied
    assert [ruling for ruling in asked if not ruling.allowed] == []
    # And each right was asked for by its own name: none is there for nothing
    unused = {right for right in rights()[user] if not any(right.covers(*ruling.request) for ruling in asked)}
    assert unused == set()
