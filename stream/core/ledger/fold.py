"""How one record changes the entry of its content."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from stream.core.audit import CaseJudged, CaseRouted, CaseShadowed
from stream.core.case import ReviewClosed, ReviewTask
from stream.core.ledger.case_entry import CaseEntry
from stream.core.ledger.entry import MAX_CASES, MAX_PAST, ContentEntry
from stream.core.ledger.facts import Asked, Closed, Held, Judged, PastVersion, Routed, Standing
from stream.core.terms import Decision, Stage
from stream.core.topics import Topic
from stream.core.verdict import CaseClosed, OutcomeDropped, Verdict

LedgerEvent = (
    Verdict | CaseRouted | CaseJudged | CaseShadowed | CaseClosed | OutcomeDropped | ReviewTask | ReviewClosed
)


class Place(Struct, frozen=True):
    """Where a record lies in its partition: which topic, and at what offset."""

    topic: Topic
    offset: int


_SEEN = {
    Topic.VERDICTS: "verdicts",
    Topic.AUDIT: "audit",
    Topic.CASES_REVIEW: "review",
    Topic.CASES_REVIEW_RESTRICTED: "few",
}


def apply(entry: ContentEntry, event: LedgerEvent, place: Place) -> ContentEntry:
    """The entry after one record; the same entry where the record is in it already, or says nothing of it.

    Args:
        entry: what is known; `ContentEntry()` for a content that is met for the first time.
        event: what the record says.
        place: where it lies, in `verdicts`, `audit`, `cases.review` or `cases.review.restricted`.
    """
    if isinstance(event, CaseShadowed):
        return entry
    topic = _SEEN[place.topic]
    if place.offset < getattr(entry.seen, topic):
        return entry
    entry = _FOLDS[type(event)](entry, event)
    return replace(
        entry,
        seen=replace(entry.seen, **{topic: place.offset + 1}),
        changed_at=max(entry.changed_at, event.at),
    )


def is_over(entry: ContentEntry, before: int) -> bool:
    """Whether nothing waits and nothing happened since `before` (ms): it may leave the ledger.

    A case that only `audit` tells of does not count: it is a record that was written twice, the second time
    after its case had closed. What truly waits for so long hides its content, or sits before people.
    """
    return entry.changed_at < before and not _waits(entry)


def _waits(entry: ContentEntry) -> bool:
    held = entry.standing is not None and entry.standing.decision is Decision.HOLD
    return held or any(case.is_open and case.task is not None for case in entry.cases)


def _verdict(entry: ContentEntry, event: Verdict) -> ContentEntry:
    standing = Standing(
        version=event.version,
        digest=event.digest,
        decision=event.decision,
        at=event.at,
        stage=event.stage,
        due=event.due,
        case=event.case,
        decided_by=event.decided_by,
        policy_set=event.policy_set,
        model=event.model,
        effort=event.effort,
        clauses=event.clauses,
        labels=event.labels,
        reason=event.reason,
        restricted=event.restricted,
    )
    before, past = entry.standing, entry.past
    if before is not None and (before.version, before.digest) != (event.version, event.digest):
        past = (*past, PastVersion(before.version, before.decision, before.at))[-MAX_PAST:]
    entry = replace(entry, standing=standing, past=past)
    return _held(entry, event) if event.decision is Decision.HOLD and event.case is not None else entry


def _held(entry: ContentEntry, event: Verdict) -> ContentEntry:
    def hold(case: CaseEntry) -> CaseEntry:
        since = case.held.since if case.held is not None else event.at
        due = event.due if event.due is not None else event.at
        return replace(case, held=Held(since, due, event.stage or Stage.AUTOMATIC, event.version))

    return _with_case(entry, event.case, hold)


def _routed(entry: ContentEntry, event: CaseRouted) -> ContentEntry:
    routed = Routed(
        at=event.at,
        lane=event.lane,
        surface=event.surface,
        policies=event.policies,
        effect=event.effect,
        origin=event.origin,
        opened_at=event.opened_at,
        due=event.due,
        version=event.version,
        reason=event.reason,
    )
    return _with_case(entry, event.case, lambda case: replace(case, routed=routed))


def _judged(entry: ContentEntry, event: CaseJudged) -> ContentEntry:
    judged = Judged(
        at=event.at,
        proposal=event.proposal,
        policies=event.policies,
        model=event.model,
        effort=event.effort,
        prompt=event.usage.prompt,
        cached=event.usage.cached,
        output=event.usage.output,
    )
    return _with_case(entry, event.case, lambda case: replace(case, judged=judged))


def _closed(entry: ContentEntry, event: CaseClosed) -> ContentEntry:
    closed = Closed(
        at=event.at,
        closing=event.closing,
        published=event.published,
        decision=event.decision,
        decided_by=event.decided_by,
        clauses=event.clauses,
    )
    return _with_case(entry, event.case, lambda case: replace(case, closed=closed))


def _dropped(entry: ContentEntry, _event: OutcomeDropped) -> ContentEntry:
    return replace(entry, dropped=entry.dropped + 1)


def _asked(entry: ContentEntry, event: ReviewTask) -> ContentEntry:
    field = _field_of(event)

    def ask(case: CaseEntry) -> CaseEntry:
        before: Asked | None = getattr(case, field)
        asked = Asked(
            since=before.since if before is not None else event.at,
            due=event.due,
            why="restricted" if event.restricted else event.why,
            effect=event.effect,
            origin=event.origin,
            version=event.version,
            recommendation=event.recommendation,
            reports=event.reports,
            overdue=event.overdue,
            urgent=event.urgent,
        )
        return replace(case, **{field: asked})

    return _with_case(entry, event.case, ask)


def _answered(entry: ContentEntry, event: ReviewClosed) -> ContentEntry:
    field = _field_of(event)

    def answer(case: CaseEntry) -> CaseEntry:
        asked: Asked | None = getattr(case, field)
        return case if asked is None else replace(case, **{field: replace(asked, answered=True)})

    # Of a task that was never seen nothing is left to say.
    known = any(case.id == event.case for case in entry.cases)
    return _with_case(entry, event.case, answer) if known else entry


def _field_of(event: ReviewTask | ReviewClosed) -> str:
    """Each of the two topics has a field of its own, so that their order among each other is nothing."""
    return "asked_few" if event.restricted else "asked"


def _with_case(
    entry: ContentEntry, case_id: str | None, change: Callable[[CaseEntry], CaseEntry]
) -> ContentEntry:
    """Change the case of this id, which may be met for the first time."""
    if case_id is None:
        return entry
    for index, case in enumerate(entry.cases):
        if case.id == case_id:
            changed = change(case)
            return replace(entry, cases=(*entry.cases[:index], changed, *entry.cases[index + 1 :]))
    cases = sorted((*entry.cases, change(CaseEntry(case_id))), key=lambda case: (len(case.id), case.id))
    return replace(entry, cases=_bounded(cases))


def _bounded(cases: list[CaseEntry]) -> tuple[CaseEntry, ...]:
    over = [(case.opened_at, index) for index, case in enumerate(cases) if not case.is_open]
    if len(cases) > MAX_CASES and over:
        del cases[min(over)[1]]
    return tuple(cases)


_FOLDS: dict[type, Callable[[ContentEntry, Any], ContentEntry]] = {
    Verdict: _verdict,
    CaseRouted: _routed,
    CaseJudged: _judged,
    CaseClosed: _closed,
    OutcomeDropped: _dropped,
    ReviewTask: _asked,
    ReviewClosed: _answered,
}
