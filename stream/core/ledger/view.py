"""Where one content is now, as people and programs read it. No post text anywhere."""

from msgspec import Struct

from stream.core.ledger.case_entry import CaseEntry
from stream.core.ledger.entry import ContentEntry
from stream.core.ledger.summary import UNROUTED, is_overdue, stands_at
from stream.core.outcome import Proposal
from stream.core.terms import DecidedBy, Decision, Effect, Effort, Label, Origin, Stage
from stream.core.verdict import Closing


class JudgedView(Struct, frozen=True):
    """What the judge last answered, at `at` (ms)."""

    at: int
    proposal: Proposal
    model: str
    effort: Effort


class ClosedView(Struct, frozen=True, omit_defaults=True):
    """How a case ended, at `at` (ms); `published` says whether a verdict followed."""

    at: int
    closing: Closing
    published: bool
    decision: Decision | None = None
    decided_by: DecidedBy | None = None
    clauses: tuple[str, ...] = ()


class CaseView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One case. Times in ms since 1970; `overdue` for an open case beyond its due time.

    `urgent`: a life may be in danger. `restricted`: few people may see what it is about.
    """

    case: str
    open: bool
    stage: Stage
    effect: Effect
    surface: str
    opened_at: int
    version: int | None = None
    origin: Origin | None = None
    policies: tuple[str, ...] = ()
    due: int | None = None
    overdue: bool = False
    lane: str | None = None
    why: str = ""
    recommendation: Decision | None = None
    reports: int = 0
    urgent: bool = False
    restricted: bool = False
    judged: JudgedView | None = None
    closed: ClosedView | None = None
    seconds_in_hold: float | None = None


class VersionView(Struct, frozen=True):
    """A version that another has followed, and what was last said about it."""

    version: int
    decision: Decision
    at: int


class ContentView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One content: where its newest version is, and the cases about it, newest last.

    `stands`: `automatic` or `people` while it is held, else the decision; `unknown` before a verdict.
    """

    id: str
    stands: str
    version: int | None = None
    digest: str | None = None
    decision: Decision | None = None
    at: int | None = None
    due: int | None = None
    case: str | None = None
    decided_by: DecidedBy | None = None
    policy_set: str | None = None
    model: str | None = None
    effort: Effort | None = None
    clauses: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()
    reason: str = ""
    restricted: bool = False
    cases: tuple[CaseView, ...] = ()
    past: tuple[VersionView, ...] = ()
    dropped_outcomes: int = 0


def view_of(content_id: str, entry: ContentEntry, now: int) -> ContentView:
    """What is told of a content at `now` (ms)."""
    stands, standing = stands_at(entry), entry.standing
    cases = tuple(_case(case, now) for case in sorted(entry.cases, key=lambda case: case.opened_at))
    past = tuple(VersionView(one.version, one.decision, one.at) for one in entry.past)
    if standing is None:
        return ContentView(id=content_id, stands=stands, cases=cases, dropped_outcomes=entry.dropped)
    return ContentView(
        id=content_id,
        stands=stands,
        version=standing.version,
        digest=standing.digest,
        decision=standing.decision,
        at=standing.at,
        due=standing.due,
        case=standing.case,
        decided_by=standing.decided_by,
        policy_set=standing.policy_set,
        model=standing.model,
        effort=standing.effort,
        clauses=standing.clauses,
        labels=standing.labels,
        reason=standing.reason,
        restricted=standing.restricted or any(case.asked_few is not None for case in entry.cases),
        cases=cases,
        past=past,
        dropped_outcomes=entry.dropped,
    )


def _case(case: CaseEntry, now: int) -> CaseView:
    task = case.task
    return CaseView(
        case=case.id,
        open=case.is_open,
        stage=case.stage,
        effect=case.effect,
        surface=case.surface or UNROUTED,
        opened_at=case.opened_at,
        version=case.version,
        origin=case.origin,
        policies=case.policies,
        due=case.due if case.is_open else None,
        overdue=is_overdue(case, now),
        lane=case.routed.lane if case.routed is not None else None,
        why=task.why if task is not None else "",
        recommendation=task.recommendation if task is not None else None,
        reports=task.reports if task is not None else 0,
        urgent=task is not None and task.urgent,
        restricted=case.asked_few is not None,
        judged=_judged(case),
        closed=_closed(case),
        seconds_in_hold=case.seconds_in_hold,
    )


def _judged(case: CaseEntry) -> JudgedView | None:
    told = case.judged
    return None if told is None else JudgedView(told.at, told.proposal, told.model, told.effort)


def _closed(case: CaseEntry) -> ClosedView | None:
    told = case.closed
    if told is None:
        return None
    return ClosedView(told.at, told.closing, told.published, told.decision, told.decided_by, told.clauses)
