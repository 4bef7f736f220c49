"""The records that follow from a case: verdicts of holding, tasks for people, closings for the record."""

from stream.core.case import Case, ReviewClosed, ReviewTask, Source
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.state import ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output
from stream.core.terms import DecidedBy, Decision, Stage
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict


def digest_text(raw: bytes | None) -> str | None:
    """A stored digest as the contract writes it."""
    return None if raw is None else "sha256:" + raw.hex()


def source_of(offset: int, partition: int) -> Source | None:
    """Where a version lies in `content`, if the gate saw it published."""
    return None if offset < 0 else Source(partition, offset)


def open_case(state: ContentState | OlderCase) -> OpenCase:
    """The case of a state whose caller knows that it has one."""
    case = state.case
    if case is None:
        raise AssertionError("this state has no open case")
    return case


def hold_of(state: ContentState, arrival: Arrival, reason: str = "") -> Verdict:
    """Tell apps that the content is hidden, whom it waits for, and until when."""
    case = open_case(state)
    return Verdict(
        id=arrival.content,
        version=state.version,
        decision=Decision.HOLD,
        at=arrival.now,
        digest=digest_text(state.digest),
        case=case.id,
        stage=case.stage,
        due=case.due,
        reason=reason,
    )


def work_of(state: ContentState, arrival: Arrival) -> Case:
    """Hand an open case to triage; the text is found at `source`, the gate keeps none."""
    case = open_case(state)
    return Case(
        id=arrival.content,
        case=case.id,
        version=state.version,
        effect=case.effect,
        origin=case.origin,
        opened_at=case.opened_at,
        due=case.due,
        effort=case.effort,
        digest=digest_text(state.digest),
        source=source_of(state.offset, arrival.partition),
    )


def task_of(
    state: ContentState | OlderCase, arrival: Arrival, why: str, outcome: Outcome | None = None
) -> ReviewTask:
    """Put a case in front of people, with what a machine recommended, if it did."""
    case = open_case(state)
    return ReviewTask(
        id=arrival.content,
        case=case.id,
        version=state.version,
        effect=case.effect,
        origin=case.origin,
        at=arrival.now,
        due=case.due,
        why=why,
        digest=digest_text(state.digest),
        source=source_of(state.offset, arrival.partition),
        recommendation=recommended(outcome),
        clauses=outcome.clauses if outcome is not None else (),
        reports=state.reports if isinstance(state, ContentState) else 0,
        overdue=case.overdue,
    )


def recommended(outcome: Outcome | None) -> Decision | None:
    """What an automatic outcome would have decided, had it been allowed to."""
    if outcome is None:
        return None
    return outcome.recommendation if outcome.proposal is Proposal.REVIEW else outcome.proposal.decision


def closing_of(
    content_id: str,
    case: OpenCase,
    version: int,
    now: int,
    closing: Closing,
    outcome: Outcome | None = None,
    *,
    published: bool = False,
) -> tuple[Output, ...]:
    """Record the one closing of a case, and take it from people if it was theirs."""
    if outcome is None:
        record = CaseClosed(
            id=content_id, case=case.id, version=version, at=now, closing=closing, published=published
        )
    else:
        record = CaseClosed(
            id=content_id,
            case=case.id,
            version=version,
            at=now,
            closing=closing,
            published=published,
            decision=outcome.proposal.decision,
            decided_by=outcome.decided_by,
            by=outcome.by,
            policy_set=outcome.policy_set,
            model=outcome.model,
            effort=outcome.effort,
            clauses=outcome.clauses,
            reason=outcome.reason,
        )
    if case.stage is not Stage.PEOPLE:
        return (record,)
    return (record, ReviewClosed(id=content_id, case=case.id, at=now, reason=closing.value))


def dropped(outcome: Outcome | StaffDecision, now: int, reason: str) -> OutcomeDropped:
    """Record an outcome that did not apply."""
    named = outcome if isinstance(outcome, Outcome) else None
    return OutcomeDropped(
        id=outcome.id,
        version=outcome.version,
        at=now,
        reason=reason,
        case=named.case if named is not None else None,
        proposal=outcome.proposal,
        decided_by=named.decided_by if named is not None else DecidedBy.STAFF,
        by=outcome.by,
    )
