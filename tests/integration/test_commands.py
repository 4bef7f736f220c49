"""The commands on a real broker, beside a real gate: what an operator does in a day."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner, Result

from stream.adapters.brokers import Broker
from stream.adapters.policies import PolicyFolder
from stream.cli import app
from stream.cli.status import Status
from stream.core.dead_letter import DeadLetter
from stream.core.topics import Topic
from stream.core.verdict import Notice
from stream.core.wire import encode
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.members import Member
from tests.fleet.records import records
from tests.fleet.waiting import eventually

Sluice = Callable[..., Result]


@pytest.fixture
def installation(broker: Broker, tmp_path: Path) -> Installation:
    return Installation(broker, tmp_path)


@pytest.fixture
def sluice(installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Sluice:
    """Runs one command line in this process, as the installation's operator."""
    monkeypatch.chdir(tmp_path)

    def run(*line: str, stdin: str | None = None) -> Result:
        return installation.command(*line, stdin=stdin)

    return run


@pytest.fixture
def gate(installation: Installation) -> Iterator[Member]:
    """A gate that holds and decides; without triage and judge nothing but people does."""
    member = installation.member("gate")
    member.start()
    yield member
    assert member.end() == 0, member.tail()


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def standing(sluice: Sluice, content_id: str) -> str:
    """What was last said about a post."""
    told = lines(sluice("verdicts", "--no-follow", "--json", "--id", content_id))
    return str(told[-1]["decision"]) if told else "nothing"


def test_topics_are_made_once_and_then_hold(sluice: Sluice, installation: Installation) -> None:
    # Given an installation whose topics are there already
    again = sluice("topics", "create", "--json")
    assert lines(again)[0]["made"] == []
    # When they are looked at, then all that is left are hints about one broker
    checked = sluice("topics", "check", "--json")
    assert checked.exit_code == Status.DONE
    assert [fault["grave"] for fault in lines(checked)] == [False]


def test_what_is_published_is_held_and_its_life_can_be_followed(sluice: Sluice, gate: Member) -> None:
    # When a post is published
    published = sluice("publish", "post-1", "what somebody wrote", "--language", "en", "--json")
    assert published.exit_code == Status.DONE
    place = lines(published)[0]
    # Then it is held
    eventually(lambda: standing(sluice, "post-1") == "hold", what="a hold")
    # And its life tells of both, in order, without its text
    traced = sluice("trace", "post-1", "--json")
    moments = lines(traced)
    assert [moment["topic"] for moment in moments] == ["content", "verdicts", "cases.triage"]
    assert moments[0]["offset"] == place["offset"]
    assert "somebody" not in traced.stdout
    # And with its text only when asked
    assert "somebody" not in sluice("trace", "post-1").stdout
    assert "“what somebody wrote”" in sluice("trace", "post-1", "--show-text").stdout


def test_a_file_is_published_line_by_line_and_bad_lines_are_told(sluice: Sluice, gate: Member) -> None:
    # Given a file with two posts, an edit, and two lines that break the contract
    file = """{"id": "a", "text": "x"}
{"id": "b", "text": "y"}
{"id": "bad id", "text": "z"}
nonsense
{"type": "content.edited.v1", "id": "a", "version": 2, "text": "xx"}
"""
    # When it is published
    result = sluice("publish", "--file", "-", stdin=file)
    # Then what is sound is in, what is not is told with its line, and the status says so
    assert result.exit_code == Status.FAILED
    assert "3 published, 2 refused" in result.stdout
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 3", "line 4"]
    eventually(lambda: "HOLD v2" in sluice("trace", "a").stdout, what="a hold of the edit")


def test_a_post_that_nobody_knows_has_no_life_and_nothing_to_decide(sluice: Sluice) -> None:
    assert sluice("trace", "nobody").exit_code == Status.NOT_FOUND
    result = sluice("decide", "nobody", "remove", "--reason", "x")
    assert result.exit_code == Status.NOT_FOUND
    assert "no verdict about 'nobody'" in result.stderr


def test_staff_take_a_post_down_and_restore_it(sluice: Sluice, gate: Member) -> None:
    # Given a held post
    sluice("publish", "post-1", "x")
    eventually(lambda: standing(sluice, "post-1") == "hold", what="a hold")
    # When staff remove it, release it, and remove it again
    for decision in ("remove", "release", "remove"):
        result = sluice("decide", "post-1", decision, "--reason", "said so", "--by", "ana", "--json")
        # Then the gate's own verdict is the answer each time
        assert result.exit_code == Status.DONE, result.output
        assert lines(result)[0]["decision"] == decision
        assert standing(sluice, "post-1") == decision


def test_the_author_is_sent_the_notice_of_the_clause_that_staff_name(
    sluice: Sluice, installation: Installation, gate: Member
) -> None:
    # Given a held post
    sluice("publish", "post-1", "x")
    eventually(lambda: standing(sluice, "post-1") == "hold", what="a hold")

    # When staff name a clause that does not exist, then nothing is sent, and the nearest is named
    wrong = sluice("decide", "post-1", "remove", "--reason", "rude", "--clause", "harassment/hr1.x")
    assert wrong.exit_code == Status.USAGE
    assert "no clause `harassment/hr1.x`" in wrong.stderr

    # When they name one that does, then its author's notice has the words that people wrote for it
    reference = "harassment/hr1.a"
    sluice("decide", "post-1", "remove", "--reason", "rude", "--clause", reference, "--by", "ana")
    notices = records(installation.bootstrap, installation.names.of(Topic.NOTICES), PARTITIONS)
    (notice,) = [msgspec.json.decode(record.value or b"", type=Notice) for record in notices]
    shipped = PolicyFolder(Path(__file__).parents[2] / "policies").policy("harassment")
    assert notice.texts == {
        f"{reference}:{language}": text for language, text in shipped.notices["HR1.a"].items()
    }
    assert not notice.automated


def test_a_case_that_waits_for_people_is_answered_by_its_name(
    sluice: Sluice, installation: Installation
) -> None:
    # Given a post that nobody could read, so that people have its case
    gate = installation.member("gate")
    gate.start()
    write(installation, Topic.CONTENT, b"post-1", b"{nonsense")
    eventually(lambda: "waits for people" in sluice("trace", "post-1").stdout, what="a task")
    # When a release cannot name its text, then the gate refuses and says why
    refused = sluice("decide", "post-1", "release", "--reason", "harmless", "--by", "ana")
    assert refused.exit_code == Status.FAILED
    assert "must name the text's digest" in refused.stdout
    # When it is removed instead, then the case is closed by a reviewer
    removed = sluice("decide", "post-1", "remove", "--reason", "unreadable", "--by", "ana")
    assert removed.exit_code == Status.DONE
    assert "REMOVE v0 · by reviewer" in removed.stdout
    # And somebody who comes later decides as staff
    assert gate.end() == 0


def test_a_decision_without_a_gate_is_kept_and_said_so(sluice: Sluice, installation: Installation) -> None:
    # Given a held post, and no gate any more
    gate = installation.member("gate")
    gate.start()
    sluice("publish", "post-1", "x")
    eventually(lambda: standing(sluice, "post-1") == "hold", what="a hold")
    gate.end()
    # When somebody decides
    result = sluice("decide", "post-1", "remove", "--reason", "x", "--wait", "0.5")
    assert result.exit_code == Status.UNAVAILABLE
    assert "is one running?" in result.stderr
    # Then it applies once a gate is there again
    gate.start()
    eventually(lambda: standing(sluice, "post-1") == "remove", what="the removal")
    gate.end()


def test_a_decision_that_breaks_the_contract_is_not_sent(sluice: Sluice, gate: Member) -> None:
    sluice("publish", "post-1", "x")
    eventually(lambda: standing(sluice, "post-1") == "hold", what="a hold")
    result = sluice("decide", "post-1", "remove", "--reason", "x" * 1_001)
    assert result.exit_code == Status.USAGE
    assert "reason" in result.stderr
    assert "outcomes" not in sluice("trace", "post-1").stdout


def write(installation: Installation, topic: Topic, key: bytes, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    producer.produce(installation.topic(topic), value, key)
    assert producer.flush(10) == 0


def letter(installation: Installation, key: str, *, truncated: bool = False) -> bytes:
    return encode(
        DeadLetter(
            processor="gate",
            topic=installation.topic(Topic.CONTENT),
            partition=0,
            offset=1,
            at=0,
            error="unreadable",
            detail="it was not readable then",
            key=key.encode(),
            value=f'{{"type":"content.published.v1","id":"{key}","version":1,"at":0,"text":"x"}}'.encode(),
            truncated=truncated,
        )
    )


def test_dead_letters_are_listed_and_go_back_only_when_told_to(
    sluice: Sluice, installation: Installation, gate: Member
) -> None:
    # Given a letter whose record is sound now, and one that is not whole
    write(installation, Topic.DEAD_LETTERS, b"post-1", letter(installation, "post-1"))
    write(installation, Topic.DEAD_LETTERS, b"post-2", letter(installation, "post-2", truncated=True))
    listed = {str(one["key"]): str(one["letter"]) for one in lines(sluice("dlq", "list", "--json"))}
    assert set(listed) == {"post-1", "post-2"}
    # When a replay is only tried
    tried = sluice("dlq", "replay", "--all")
    # Then it says what it would do, refuses what is not whole, and sends nothing
    assert tried.exit_code == Status.FAILED
    assert "1 to replay, 1 refused" in tried.stdout
    assert "truncated" in tried.stdout
    assert standing(sluice, "post-1") == "nothing"
    # When the sound one is meant, and told to go
    done = sluice("dlq", "replay", listed["post-1"], "--yes")
    # Then it arrives, and the gate holds it
    assert done.exit_code == Status.DONE, done.output
    eventually(lambda: standing(sluice, "post-1") == "hold", what="a hold of the replayed post")


def test_a_letter_that_is_not_there_is_told(sluice: Sluice) -> None:
    result = sluice("dlq", "replay", "0-999")
    assert result.exit_code == Status.FAILED
    assert "there is no such letter" in result.stdout


def test_letters_are_found_by_what_they_are_about(sluice: Sluice, installation: Installation) -> None:
    write(installation, Topic.DEAD_LETTERS, b"post-1", letter(installation, "post-1"))
    for filters, count in ((("--id", "post-1"), 1), (("--id", "post-9"), 0), (("--error", "misrouted"), 0)):
        assert len(lines(sluice("dlq", "list", "--json", *filters))) == count


def test_on_a_cluster_without_topics_a_command_says_how_to_make_them(broker: Broker) -> None:
    environ = {"SLUICE_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap, "SLUICE_TOPICS__PREFIX": "nowhere."}
    result = CliRunner().invoke(app, ["verdicts"], env=environ)
    assert result.exit_code == Status.MISCONFIGURED
    assert "sluice topics create" in result.stderr


def test_what_is_paused_is_listed_and_resumed_by_its_scope(sluice: Sluice) -> None:
    # Given a pause of one policy on one surface, and one of everything
    narrow = ("remove", "--policy", "spam-and-scams", "--surface", "marketplace")
    assert "nothing is paused" in sluice("pauses").stdout
    assert sluice("pause", *narrow, "--reason", "ticket 7", "--by", "ana").exit_code == Status.DONE
    assert sluice("pause", "release", "--by", "ben").exit_code == Status.DONE
    # Then both are told, to people and to scripts
    told = lines(sluice("pauses", "--json"))
    assert [(one["action"], one.get("policy"), one["by"]) for one in told] == [
        ("release", None, "ben"),
        ("remove", "spam-and-scams", "ana"),
    ]
    assert "ticket 7" in sluice("pauses").stdout
    # When somebody resumes another scope / Then that is refused, with what is paused
    refused = sluice("resume", "remove")
    assert refused.exit_code == Status.NOT_FOUND
    assert "remove of policy spam-and-scams on surface marketplace" in refused.stderr
    # When the very scope is named / Then the other stays
    resumed = sluice("resume", *narrow)
    assert resumed.exit_code == Status.DONE
    assert [one["action"] for one in lines(sluice("pauses", "--json"))] == ["release"]


def test_a_pause_that_breaks_the_contract_is_not_sent(sluice: Sluice) -> None:
    result = sluice("pause", "remove", "--policy", "No Such Name")
    assert result.exit_code == Status.FAILED
    assert "policy" in result.stderr
    assert "nothing is paused" in sluice("pauses").stdout


def test_a_set_is_promoted_once_it_was_looked_at_and_withdrawn(
    sluice: Sluice, installation: Installation
) -> None:
    # Given a fleet for which nothing was promoted
    assert "0 promotions" in sluice("policy", "history").stdout
    assert sluice("policy", "rollback", "--yes").exit_code == Status.NOT_FOUND
    # And a folder with a set, and one that lets people take longer
    sets = installation.folder / "policies" / "sets"
    (sets / "calm.toml").write_text((sets / "hasty.toml").read_text().replace('"1h"', '"3h"'))
    # When one is only looked at / Then nothing is sent
    assert "nothing is sent" in sluice("policy", "promote", "hasty").stdout
    assert "no set is promoted" in sluice("policy", "show").stdout
    # When it is meant / Then it is promoted, and the next one is compared with it
    sluice("policy", "promote", "hasty", "--yes", "--by", "ana", "--reason", "ticket 8")
    (shown,) = lines(sluice("policy", "show", "--json"))
    assert (shown["name"], shown["by"], shown["reason"], shown["refused"]) == ("hasty", "ana", "ticket 8", "")
    assert "is in force already" in sluice("policy", "promote", "hasty", "--yes").stdout
    compared = sluice("policy", "promote", "calm").stdout
    assert str(shown["digest"]) in compared
    assert "changed  terms" in compared
    # And a pause of a policy that it lacks is told to be one
    assert "has no policy spam:" in sluice("pause", "remove", "--policy", "spam").stderr
    # When it is withdrawn / Then there is none, and there is nothing more to withdraw
    assert "nothing is sent" in sluice("policy", "withdraw").stdout
    sluice("policy", "withdraw", "--yes")
    assert "no set is promoted" in sluice("policy", "withdraw").stdout
    # And going back leads to the one that was withdrawn, by its digest too
    assert "none is in force" in sluice("policy", "history").stdout
    assert "back to  promotion 1" in sluice("policy", "rollback").stdout
    back = sluice("policy", "rollback", "--to", str(shown["digest"])[:15], "--yes")
    assert "promoted set hasty, as 2" in back.stdout
    (newest, *_) = lines(sluice("policy", "history", "--json"))
    assert (newest["restores"], newest["in_force"], newest["digest"]) == (1, True, shown["digest"])


def test_golden_cases_are_compared_with_what_the_promoted_set_answers(
    sluice: Sluice, installation: Installation
) -> None:
    # Given golden cases, and no set that is promoted / Then there is nothing to compare with
    line = ("policy", "test", "harassment", "--engine", "exemplar", "--against", "promoted")
    refused = sluice(*line)
    assert (refused.exit_code, refused.stdout) == (Status.MISCONFIGURED, "")
    assert "No set is promoted" in refused.stderr
    # When one is / Then each case is compared with what that set answers
    sluice("policy", "promote", "hasty", "--yes")
    (told,) = lines(sluice(*line, "--json"))
    compared = told["comparison"]
    assert isinstance(compared, dict)
    assert (compared["compared"], compared["flips"]) == (len(told["cases"]), [])  # type: ignore[arg-type]


def test_a_set_that_does_not_hold_together_is_not_promoted(
    sluice: Sluice, installation: Installation
) -> None:
    broken = installation.folder / "policies" / "sets" / "broken.toml"
    broken.write_text("nonsense = 1\n")
    result = sluice("policy", "promote", "broken", "--yes")
    assert result.exit_code == Status.USAGE
    assert "broken.toml:1: unknown key" in result.stderr
    assert "no set is promoted" in sluice("policy", "show").stdout
