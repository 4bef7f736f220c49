"""Lives of content, as records of the topics that the ledger reads."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from stream.core.audit import CaseJudged, CaseRouted
from stream.core.case import ReviewClosed, ReviewTask
from stream.core.judgement import Usage
from stream.core.ledger import ContentEntry, LedgerEvent, Place, apply
from stream.core.outcome import Proposal
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Origin, Stage
from stream.core.topics import Topic
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict

ID = "post-1"
CASE = "c0-7"
DIGEST = "sha256:" + "ab" * 32
SET = "sha256:" + "cd" * 32
AT = 1_000_000
MINUTE = 60_000

TOPIC_OF: dict[type[Struct], Topic] = {
    Verdict: Topic.VERDICTS,
    CaseRouted: Topic.AUDIT,
    CaseJudged: Topic.AUDIT,
    CaseClosed: Topic.AUDIT,
    OutcomeDropped: Topic.AUDIT,
    ReviewTask: Topic.CASES_REVIEW,
    ReviewClosed: Topic.CASES_REVIEW,
}


def hold(at: int = AT, *, stage: Stage = Stage.AUTOMATIC, version: int = 1, case: str = CASE) -> Verdict:
    return Verdict(
        id=ID, version=version, decision=Decision.HOLD, at=at, digest=DIGEST, case=case, stage=stage,
        due=at + MINUTE,
    )  # fmt: skip


def routed(at: int = AT + 5, *, surface: str = "chat", case: str = CASE, lane: str = "bulk") -> CaseRouted:
    return CaseRouted(
        id=ID, case=case, version=1, effect=Effect.HIDE, origin=Origin.PUBLISH, at=at, opened_at=AT,
        due=AT + MINUTE, lane=lane, policy_set=SET, surface=surface,
        policies=("harassment", "spam") if lane != "people" else (),
    )  # fmt: skip


def judged(at: int = AT + 800, *, case: str = CASE) -> CaseJudged:
    return CaseJudged(
        id=ID, case=case, version=1, digest=DIGEST, at=at, proposal=Proposal.RELEASE, policy_set=SET,
        policies=("harassment", "spam"), model="m", effort=Effort.LOW, usage=Usage(100, 80, 20),
    )  # fmt: skip


def closed(
    at: int = AT + 900,
    *,
    decision: Decision = Decision.RELEASE,
    case: str = CASE,
    clauses: tuple[str, ...] = (),
    closing: Closing = Closing.DECIDED,
) -> CaseClosed:
    return CaseClosed(
        id=ID, case=case, version=1, at=at, closing=closing, published=closing is Closing.DECIDED,
        decision=decision, decided_by=DecidedBy.MODEL, clauses=clauses,
    )  # fmt: skip


def decided(at: int = AT + 900, decision: Decision = Decision.RELEASE) -> Verdict:
    return Verdict(
        id=ID, version=1, decision=decision, at=at, digest=DIGEST, case=CASE, decided_by=DecidedBy.MODEL,
        policy_set=SET, model="m", effort=Effort.LOW,
    )  # fmt: skip


def topic_of(event: LedgerEvent) -> Topic:
    """Where a record lies."""
    few = isinstance(event, ReviewTask | ReviewClosed) and event.restricted
    return Topic.CASES_REVIEW_RESTRICTED if few else TOPIC_OF[type(event)]


def asked_few(at: int = AT + 950, *, case: str = CASE) -> ReviewTask:
    return replace(asked(at, case=case), restricted=True, why="guarded: gu1.a")


def answered_few(at: int = AT + 2_050, *, case: str = CASE) -> ReviewClosed:
    return ReviewClosed(id=ID, case=case, at=at, reason="decided", restricted=True)


def asked(at: int = AT + 900, *, due: int = AT + 60 * MINUTE, case: str = CASE) -> ReviewTask:
    return ReviewTask(
        id=ID, case=case, version=1, effect=Effect.WATCH, origin=Origin.REPORT, at=at, due=due,
        why="reported",
    )  # fmt: skip


def answered(at: int = AT + 2_000, *, case: str = CASE) -> ReviewClosed:
    return ReviewClosed(id=ID, case=case, at=at, reason="decided")


def folded(events: Iterable[LedgerEvent]) -> ContentEntry:
    """The entry of a life, whose records lie in their topics in this order."""
    entry, offsets = ContentEntry(), dict.fromkeys(Topic, 0)
    for event in events:
        topic = topic_of(event)
        entry = apply(entry, event, Place(topic, offsets[topic]))
        offsets[topic] += 1
    return entry
