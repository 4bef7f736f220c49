"""A canary is marked by its id, and whoever shows, tells or counts leaves it out."""

from typing import cast
from unittest import mock

import pytest
from confluent_kafka import Message

from stream.adapters.memory.engine import ScriptedEngine
from stream.client import InvalidEvent, Standing
from stream.client.checked import checked
from stream.client.follower import _records
from stream.core.canary import CANARY_PREFIX, CANARY_SURFACE, Fate, fate, fate_told, is_canary
from stream.core.case import Case, ReviewTask
from stream.core.content import ContentEvent, Deleted, Edited, Published
from stream.core.errors import Escalate
from stream.core.judgement import Answer, Question
from stream.core.outcome import Outcome, Proposal
from stream.core.reader import Reader, shows
from stream.core.sampling import Sampling
from stream.core.terms import DecidedBy, Decision
from stream.core.topics import TopicNames
from stream.core.verdict import Notice, Verdict
from stream.core.wire import encode
from stream.ops.demo.record import Recorder
from stream.ops.demo.tally import Tally
from stream.ports import Record
from stream.processors.judge import Judge
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed, safe, violates
from tests.unit.processors.desk import Desk

CANARY = f"{CANARY_PREFIX}fake-mark-01/insult"
DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("content_id", "is_one"),
    [(CANARY, True), (CANARY_PREFIX, True), ("sluice-canary", False), ("my-" + CANARY, False), ("p1", False)],
)
def test_the_id_alone_marks_a_canary(content_id: str, is_one: bool) -> None:
    assert is_canary(content_id) is is_one


def test_no_reader_shows_a_canary_whatever_was_decided() -> None:
    # Given the same release, of a post and of a canary
    released = {
        name: Verdict(id=name, version=1, decision=Decision.RELEASE, at=0, digest=DIGEST)
        for name in ("p1", CANARY)
    }
    reader = Reader()
    reader.must_pass({})
    for verdict in released.values():
        reader.apply(verdict)
    # Then only the post is shown, by every reader that there is
    for name, is_shown in (("p1", True), (CANARY, False)):
        assert shows(released[name], 1, DIGEST) is is_shown
        assert reader.shows(name, 1, DIGEST) is is_shown
        assert Standing(id=name, verdict=released[name], is_current=True).shows(1, DIGEST) is is_shown


def test_an_apps_reader_does_not_even_keep_one() -> None:
    def kept(name: str) -> int:
        message = mock.Mock(spec=Message)
        message.key.return_value, message.timestamp.return_value = name.encode(), (1, 0)
        message.partition.return_value = 0
        return len(_records(cast(Message, message)))

    assert (kept("p1"), kept(CANARY)) == (1, 0)


@pytest.mark.parametrize(
    "event",
    [
        Published(id=CANARY, version=1, at=0, text="x"),
        Edited(id="p1", version=1, at=0, text="x", surface=CANARY_SURFACE),
        Deleted(id=CANARY, version=1, at=0),
    ],
)
def test_an_apps_publisher_refuses_ids_and_surface(event: ContentEvent) -> None:
    with pytest.raises(InvalidEvent, match="kept for `sluice canary`, and no reader ever shows them"):
        checked(event)


def test_the_demo_does_not_count_one() -> None:
    # Given a recorder of the demo / When a post and a canary are released
    recorder = object.__new__(Recorder)
    recorder._tally, recorder._ignore = Tally(), "probe"
    for offset, name in enumerate(("p1", CANARY, "probe")):
        verdict = Verdict(id=name, version=1, decision=Decision.RELEASE, at=0, digest=DIGEST)
        recorder._take(Record("verdicts", 0, offset, name.encode(), encode(verdict)), 1)
    # Then the post alone is in its figures
    assert recorder._tally.decisions == {"release": 1}


@pytest.mark.parametrize("content_id", [CANARY, "p1"])
def test_the_gate_notifies_nobody_of_a_canary_and_counts_no_decision(content_id: str) -> None:
    # Given a held post or canary / When it is removed
    desk = Desk()
    held = desk.send(Published(id=content_id, version=1, at=0, text="x"))
    (case,) = [event for event in held if isinstance(event, Case)]
    outcome = Outcome(
        id=content_id, case=case.case, version=1, proposal=Proposal.REMOVE, decided_by=DecidedBy.MODEL, at=1
    )
    told = desk.send(outcome, "outcomes")
    # Then the verdict stands either way; only the post's author is told, and only the post is counted
    assert any(isinstance(event, Verdict) and event.decision is Decision.REMOVE for event in told)
    is_post = content_id == "p1"
    assert any(isinstance(event, Notice) for event in told) is is_post
    assert bool(desk.counts.decisions) is is_post


async def test_the_judge_tells_a_canarys_fate_in_place_of_a_decision() -> None:
    # Given a model that is persuaded, one that is not, and one that cannot answer
    async def persuaded(question: Question) -> Answer:
        return safe(question)

    async def firm(question: Question) -> Answer:
        if question.policies[0].id == "harassment":
            return violates(question, "HR1.a", "worthless idiot", 2)
        return safe(question)

    async def broken(_question: Question) -> Answer:
        return Answer(final="", complete=True)

    canary = record(routed(post("you are a worthless idiot", id=CANARY), id=CANARY))
    for script, told in ((persuaded, "missed"), (firm, "caught"), (broken, "unsure")):
        for policy_set in ("demo", "default"):
            heard = Heard()
            engine = ScriptedEngine(script)
            judge = Judge(
                TopicNames(), FixedPolicies(policy_set), engine, lambda: 5_000, heard, Sampling(b"k")
            )
            # When a canary is judged
            await judge.handle(
                record(
                    routed(
                        post(id=CANARY, text="you are a worthless idiot"),
                        id=CANARY,
                        policy_set=FixedPolicies(policy_set).current().digest,
                    )
                )
            )
            # Then its fate is told, whether the model may act alone or not, and no proposal is counted
            assert (heard.canaries, heard.proposals, heard.text) == ([told], [], 0)
    # And so it is of one that nobody answered in time
    heard = Heard()
    judge = Judge(TopicNames(), FixedPolicies(), ScriptedEngine(firm), lambda: 5_000, heard, Sampling(b"k"))
    judge.escalate(canary, Escalate("late"))
    assert (heard.canaries, heard.proposals) == (["unsure"], [])


@pytest.mark.parametrize(
    ("proposal", "clauses", "is_told"),
    [
        (Proposal.RELEASE, (), Fate.MISSED),
        (Proposal.RELEASE, ("spam-and-scams/sp1.a",), Fate.CAUGHT),
        (Proposal.REMOVE, ("harassment/hr1.a",), Fate.CAUGHT),
        (Proposal.REVIEW, ("harassment/hr1.a",), Fate.CAUGHT),
        (Proposal.REVIEW, (), Fate.UNSURE),
    ],
)
def test_the_gates_word_tells_the_same_fate_as_the_judges(
    proposal: Proposal, clauses: tuple[str, ...], is_told: Fate
) -> None:
    # Given a held canary / When an outcome comes
    desk = Desk()
    held = desk.send(Published(id=CANARY, version=1, at=0, text="x"))
    (case,) = [event for event in held if isinstance(event, Case)]
    outcome = Outcome(
        id=CANARY,
        case=case.case,
        version=1,
        proposal=proposal,
        decided_by=DecidedBy.MODEL,
        at=1,
        clauses=clauses,
    )
    assert [fate_told(event) for event in held if isinstance(event, Verdict)] == [None]
    # Then whoever reads verdicts and tasks learns what the judge told its metric
    told = [
        fate_told(event)
        for event in desk.send(outcome, "outcomes")
        if isinstance(event, Verdict | ReviewTask)
    ]
    assert [one for one in told if one is not None] == [is_told]
    assert fate(outcome) is is_told
