"""What few people may see: planted in posts, and looked for in every topic and all that anybody reads."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner, Result

from stream.adapters.http import LedgerClient
from stream.cli import app
from stream.core.content import Appealed, Edited, Published, Reported
from stream.core.errors import Unavailable
from stream.core.topics import Topic
from stream.core.wire import encode
from stream.ports import Record
from tests.fleet.installation import PARTITIONS, POLICIES, Installation
from tests.fleet.members import Member
from tests.fleet.pages import Page
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import ends_well

MARKER = "quagga"
FOUND = f"breaks SP2.a {MARKER} double your money"
MAY_CARRY_IT = {
    Topic.CONTENT,
    Topic.CASES_TRIAGE,
    Topic.CASES_JUDGE,
    Topic.CASES_JUDGE_PRIORITY,
    Topic.CASES_JUDGE_URGENT,
    Topic.CASES_REVIEW_RESTRICTED,
}
SET = """title = "One policy, for few eyes"
languages = ["en"]
[deadlines]
automatic = "3s"
people = "4s"
urgent = "4s"
[policies.guarded]
autonomy = "recommend"
[[routes]]
surface = "hotline"
policies = ["guarded"]
lane = "urgent"
[[routes]]
policies = ["guarded"]
"""


@pytest.fixture
def guarded(installation: Installation) -> Installation:
    """The installation under a set whose only policy is restricted: a shipped one without its examples."""
    root = installation.folder / "policies"
    text = (POLICIES / "spam-and-scams" / "policy.md").read_text("utf-8")
    begin, end = text.index("# EXAMPLES"), text.index("# REVIEWERS")
    text = (text[:begin] + text[end:]).replace('id = "spam-and-scams"', 'id = "guarded"\nrestricted = true')
    (root / "guarded").mkdir()
    (root / "guarded" / "policy.md").write_text(text, "utf-8")
    (root / "sets" / "hasty.toml").write_text(SET)
    return installation


class Fleet:
    """A real gate, triage, judge and ledger that log all they can, and what they show."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.pages = {name: Page() for name in ("gate", "triage", "scripted", "ledger")}
        self.views = Page()
        script = (str(Path(__file__).parent / "scripted_judge.py"), str(installation.folder))
        self.members: list[Member] = []
        for name, page in self.pages.items():
            more = {
                "LOGGING__LEVEL": "debug",
                "LEDGER__PORT": str(self.views.port),
                "LEDGER__REFRESH_S": "0.2",
            }
            command = script if name == "scripted" else ()
            member = installation.member(name, 0, command=command, **{**page.settings, **more})
            member.start()
            self.members.append(member)

    @property
    def url(self) -> str:
        """Where the ledger answers."""
        return f"http://127.0.0.1:{self.views.port}"

    def sluice(self, *line: str) -> Result:
        """Run a command as the installation's operator, who has a ledger."""
        environ = {
            **self.members[0].environment,
            "SLUICE_LEDGER__URL": self.url,
            "SLUICE_STAFF__IDENTITY": "ana",
        }
        return CliRunner().invoke(app, line, env=environ)

    def shows_restricted(self, content_id: str) -> bool:
        """Whether the ledger knows the content for few people's."""
        try:
            known = LedgerClient(self.url).content(content_id)
        except Unavailable:
            return False
        return known is not None and known.restricted


@pytest.fixture
def fleet(guarded: Installation) -> Iterator[Fleet]:
    made = Fleet(guarded)
    yield made
    for member in made.members:
        ends_well(member)


def posts() -> Iterator[tuple[Topic, str, bytes]]:
    """The marker in every way that it can come in; `p3` is broken JSON, and the work topics get some too."""
    thread: dict[str, object] = {"language": "en", "at": 1}
    yield Topic.CONTENT, "p0", encode(Published(id="p0", version=1, text=FOUND, **thread))  # type: ignore[arg-type]
    yield Topic.CONTENT, "p1", encode(Published(id="p1", version=1, text=FOUND, surface="hotline", **thread))  # type: ignore[arg-type]
    yield Topic.CONTENT, "p2", encode(Published(id="p2", version=1, text=FOUND, **thread))  # type: ignore[arg-type]
    yield Topic.CONTENT, "p3", f'{{"type": "content.published.v1", "text": "{FOUND}'.encode()
    yield Topic.CASES_TRIAGE, "p0", f'{{"type": "{MARKER}"'.encode()
    yield Topic.CASES_JUDGE_URGENT, "p0", f'{{"type": "{MARKER}"'.encode()
    yield Topic.OUTCOMES, "p0", b'{"type": "outcome.v1", "id": 7}'


def later() -> Iterator[tuple[Topic, str, bytes]]:
    """What comes once it is known for what it is."""
    report = Reported(id="p1", version=1, at=1, reporter="r", reason="spam", statement=MARKER)
    appeal = Appealed(id="p2", version=1, at=1, appellant="a", statement=MARKER, reference=MARKER)
    yield Topic.CONTENT, "p0", encode(Edited(id="p0", version=2, at=1, text=f"{FOUND} again", language="en"))
    yield Topic.CONTENT, "p1", encode(report)
    yield Topic.CONTENT, "p2", encode(appeal)
    yield Topic.CONTENT, "p2", f'{{"type": "content.edited.v1", "text": "{MARKER}'.encode()


def publish(installation: Installation, events: Iterator[tuple[Topic, str, bytes]]) -> None:
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    for topic, key, value in events:
        producer.produce(installation.topic(topic), value, key)
    assert producer.flush(10) == 0


def written(installation: Installation, topic: Topic) -> list[dict[str, object]]:
    found = records(installation.bootstrap, installation.topic(topic), PARTITIONS)
    return [json.loads(record.value or b"{}") for record in found]


def tasks(installation: Installation, topic: Topic, content_id: str) -> list[dict[str, object]]:
    return [
        one
        for one in written(installation, topic)
        if one["id"] == content_id and one["type"] == "review.task.v1"
    ]


@pytest.mark.timeout(240)
def test_what_few_may_see_is_nowhere_but_where_it_must_be(guarded: Installation, fleet: Fleet) -> None:
    few, letters = Topic.CASES_REVIEW_RESTRICTED, Topic.DEAD_LETTERS
    # Given posts that a restricted policy finds, and records that nobody can read
    publish(guarded, posts())
    eventually(lambda: all(tasks(guarded, few, name) for name in ("p0", "p1", "p2")), 90, "tasks for the few")
    eventually(lambda: len(written(guarded, letters)) >= 4, 30, "four dead letters")
    # When they are edited, reported, appealed, written about unreadably, left too long, and decided
    publish(guarded, later())
    eventually(lambda: len(written(guarded, letters)) >= 5, 30, "a fifth")
    eventually(lambda: any(one.get("overdue") for one in tasks(guarded, few, "p1")), 60, "an overdue task")
    assert fleet.sluice("decide", "p1", "remove", "--reason", "confirmed").exit_code == 0
    eventually(lambda: all(map(fleet.shows_restricted, ("p0", "p1", "p2"))), 60, "the ledger")
    # Then no topic has it but those that must, and no letter has more than a place
    for topic in set(Topic) - MAY_CARRY_IT:
        for record in records(guarded.bootstrap, guarded.topic(topic), PARTITIONS):
            assert MARKER.encode() not in (record.value or b""), topic
            assert MARKER.encode() not in (record.key or b""), topic
    for letter in written(guarded, letters):
        assert letter["withheld"]
        assert "value" not in letter
    assert MARKER.encode() in b"".join(one.value or b"" for one in _work(guarded)), "the search finds nothing"
    # And once it was found, people's tasks about it are for few, an edit's and an appeal's too
    known = ("p0", "p1", "p2")
    assert not [one for name in known for one in tasks(guarded, Topic.CASES_REVIEW, name)]
    assert {one["version"] for one in tasks(guarded, few, "p0")} == {1, 2}
    assert "appeal" in {one["origin"] for one in tasks(guarded, few, "p2")}
    # And nothing that anybody reads shows it
    for name, said in everything_said(fleet).items():
        assert said, f"{name} says nothing at all"
        assert MARKER not in said, name
    # And a letter can go back, read where its record lies
    replayed = fleet.sluice("dlq", "replay", "--all", "--topic", "content", "--yes")
    assert "2 replayed, 0 refused" in replayed.stdout
    eventually(lambda: len(written(guarded, letters)) >= 7, 30, "the same two letters again")


def _work(installation: Installation) -> Iterator[Record]:
    for topic in (Topic.CONTENT, Topic.CASES_JUDGE, Topic.CASES_JUDGE_URGENT):
        yield from records(installation.bootstrap, installation.topic(topic), PARTITIONS)


def everything_said(fleet: Fleet) -> dict[str, str]:
    """Logs, pages, the ledger's views and each command's output."""
    said = {f"log of {member.name}": member.log.read_text() for member in fleet.members}
    said |= {f"metrics of {name}": page.get("/metrics")[1] for name, page in fleet.pages.items()}
    views = ("/summary", "/overdue", *(f"/content/p{number}" for number in range(4)))
    said |= {f"ledger's {view}": fleet.views.get(view)[1] for view in views}
    for number in range(3):
        for how in ((), ("--show-text",), ("--json", "--show-text")):
            traced = fleet.sluice("trace", f"p{number}", *how)
            assert "restricted" in traced.stdout
            said[f"trace p{number} {how}"] = traced.stdout + traced.stderr
    for line in (
        ("verdicts", "--no-follow", "--from-beginning"),
        ("verdicts", "--no-follow", "--from-beginning", "--json"),
        ("dlq", "list"),
        ("dlq", "list", "--json"),
        ("dlq", "replay", "--all"),
        ("decide", "p0", "remove", "--reason", "confirmed", "--json"),
    ):
        result = fleet.sluice(*line)
        said[" ".join(line)] = result.stdout + result.stderr
    return said
