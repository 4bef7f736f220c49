"""What a person's decision becomes, by where things stand; and how its fate is told from other news."""

import pytest
from msgspec import Struct
from msgspec.structs import replace

from stream.core.case import ReviewClosed, ReviewTask
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision, Effect, Origin, Stage
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict
from stream.core.wire import encode
from stream.ops.decision import NothingToDecide, Ruling, Standing, came_of, ruled, standing
from stream.ports import Record

NAMES = TopicNames()
DIGEST = "sha256:" + "0" * 64
RELEASED = Verdict(id="post-1", version=2, decision=Decision.RELEASE, at=0, digest=DIGEST)
REMOVE = Ruling(Proposal.REMOVE, "ana", "scam", 5)


def task(case: str = "c0-1", version: int = 2) -> ReviewTask:
    return ReviewTask(
        id="post-1",
        case=case,
        version=version,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        at=0,
        due=9,
        why="unsure",
    )


def record(topic: Topic, event: Struct | None, key: bytes = b"post-1") -> Record:
    return Record(NAMES.of(topic), 0, 0, key, None if event is None else encode(event), 1)


def test_the_last_verdict_and_the_open_tasks_are_where_things_stand() -> None:
    # Given a case that people had and one that they have
    records = [
        record(Topic.VERDICTS, RELEASED),
        record(Topic.CASES_REVIEW, task("c0-1")),
        record(Topic.CASES_REVIEW, ReviewClosed(id="post-1", case="c0-1", at=1, reason="decided")),
        record(Topic.CASES_REVIEW, task("c0-9", 3)),
        record(Topic.CASES_REVIEW, task("c0-8", 3), b"post-2"),
        record(Topic.CASES_REVIEW, None),
    ]
    assert standing("post-1", records, NAMES) == Standing(RELEASED, (task("c0-9", 3),))


def test_a_case_that_people_have_is_answered_by_a_reviewer() -> None:
    event = ruled("post-1", REMOVE, Standing(RELEASED, (task(),)))
    assert isinstance(event, Outcome)
    assert (event.case, event.version, event.decided_by, event.by) == ("c0-1", 2, DecidedBy.REVIEWER, "ana")


def test_without_such_a_case_it_is_a_staff_decision_about_the_version_last_spoken_of() -> None:
    event = ruled("post-1", REMOVE, Standing(RELEASED, ()))
    assert isinstance(event, StaffDecision)
    assert (event.version, event.digest, event.proposal) == (2, DIGEST, Proposal.REMOVE)


def test_of_several_cases_the_newest_versions_is_meant_unless_one_is_named() -> None:
    where = standing(
        "post-1",
        [
            record(Topic.VERDICTS, RELEASED),
            record(Topic.CASES_REVIEW, task("c0-9", 3)),
            record(Topic.CASES_REVIEW, task("c0-1", 2)),
        ],
        NAMES,
    )
    newest, named = (
        ruled("post-1", REMOVE, where),
        ruled("post-1", Ruling(Proposal.REMOVE, "ana", "", 5, (), "c0-1"), where),
    )
    assert isinstance(newest, Outcome)
    assert isinstance(named, Outcome)
    assert (newest.case, named.case) == ("c0-9", "c0-1")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (Standing(None, ()), "no verdict about 'post-1'"),
        (Standing(Verdict(id="post-1", version=1, decision=Decision.DELETED, at=0), ()), "was deleted"),
    ],
)
def test_where_there_is_nothing_to_decide_it_is_said_why(where: Standing, said: str) -> None:
    with pytest.raises(NothingToDecide, match=said):
        ruled("post-1", REMOVE, where)


def test_a_case_that_people_do_not_have_is_refused_with_those_that_they_have() -> None:
    with pytest.raises(NothingToDecide, match=r"no case c9-9 .* they have: c0-1"):
        ruled("post-1", Ruling(Proposal.REMOVE, "ana", "", 5, (), "c9-9"), Standing(RELEASED, (task(),)))


def closed(by: str, *, published: bool) -> CaseClosed:
    return CaseClosed(
        id="post-1", case="c0-1", version=2, at=6, closing=Closing.DECIDED, published=published,
        decided_by=DecidedBy.REVIEWER, by=by,
    )  # fmt: skip


REMOVED = Verdict(
    id="post-1", version=2, decision=Decision.REMOVE, at=6, case="c0-1", decided_by=DecidedBy.REVIEWER
)
DROPPED = OutcomeDropped(id="post-1", version=2, at=6, reason="same_decider", by="ana")
SENT = ruled("post-1", REMOVE, Standing(RELEASED, (task(),)))


@pytest.mark.parametrize(
    ("topic", "event"),
    [
        (Topic.VERDICTS, REMOVED),
        (Topic.AUDIT, DROPPED),
        (Topic.AUDIT, closed("ana", published=False)),
    ],
)
def test_a_decisions_fate_is_its_verdict_its_refusal_or_its_quiet_closing(
    topic: Topic, event: Struct
) -> None:
    assert came_of(SENT, record(topic, event), NAMES) == event


@pytest.mark.parametrize(
    "news",
    [
        record(Topic.VERDICTS, REMOVED, b"post-2"),
        record(Topic.VERDICTS, RELEASED),
        record(Topic.VERDICTS, replace(REMOVED, case="c0-0")),
        record(Topic.VERDICTS, replace(REMOVED, decided_by=DecidedBy.MODEL)),
        record(
            Topic.VERDICTS, Verdict(id="post-1", version=2, decision=Decision.HOLD, at=6, stage=Stage.PEOPLE)
        ),
        record(Topic.VERDICTS, None),
        record(Topic.AUDIT, OutcomeDropped(id="post-1", version=2, at=6, reason="closed", by="judge")),
        record(Topic.AUDIT, closed("ana", published=True)),
        record(Topic.AUDIT, closed("ben", published=False)),
        Record("audit", 0, 0, b"post-1", b"{nonsense", 1),
    ],
)
def test_other_news_is_not_taken_for_it(news: Record) -> None:
    assert came_of(SENT, news, NAMES) is None
