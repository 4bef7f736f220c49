"""The records that follow from a case: verdicts of holding, tasks for people, closings for the record."""

from stream.core.case import Case, ReviewClosed, ReviewTask, Source
from stream.core.outcome import CaseRequested, Outcome, OutcomeEvent, Proposal
from stream.core.state import ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output
from stream.core.terms import DecidedBy, Decision, Stage
from stream.core.verdict import CaseClosed, Closing, OutcomeDropped, Verdict

Subject = ContentState | OlderCase
"""What a case is about: the newest version, or one that is judged for the record."""


def digest_text(raw: bytes | None) -> str | None:
    """A stored digest as the contract writes it."""
    return None if raw is None else "sha256:" + raw.hex()


def raw_digest(text: str | None) -> bytes | None:
    """A digest of the contract as the state stores it: its 32 bytes."""
    return None if text is None else bytes.fromhex(text[7:])


def source_of(offset: int, partition: int) -> Source | None:
    """Where a version lies in `content`, if the gate saw it published."""
    return None if offset < 0 else Source(partition, offset)


def open_case(subject: Subject) -> OpenCase:
    """The case of a subject whose caller knows that it has one."""
    case = subject.case
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


def decision_of(state: ContentState, case: OpenCase, outcome: Outcome, arrival: Arrival) -> Verdict:
    """Tell apps what was decided, by whom or what, and under which policies."""
    decision = outcome.proposal.decision
    return Verdict(
        id=arrival.content,
        version=state.version,
        decision=decision,
        at=arrival.now,
        digest=digest_text(state.digest),
        case=case.id,
        labels=outcome.labels if decision is Decision.RELEASE else (),
        decided_by=outcome.decided_by,
        policy_set=outcome.policy_set,
        model=outcome.model,
        effort=outcome.effort,
        clauses=outcome.clauses,
        reason=outcome.reason,
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


def task_of(subject: Subject, arrival: Arrival, why: str, outcome: Outcome | None = None) -> ReviewTask:
    """Put a case in front of people, with what a machine recommended, if it did."""
    case = open_case(subject)
    return ReviewTask(
        id=arrival.content,
        case=case.id,
        version=subject.version,
        effect=case.effect,
        origin=case.origin,
        at=arrival.now,
        due=case.due,
        why=why,
        digest=digest_text(subject.digest),
        source=source_of(subject.offset, arrival.partition),
        recommendation=recommended(outcome),
        clauses=outcome.clauses if outcome is not None else (),
        reports=subject.reports,
        overdue=case.overdue,
        urgent=case.urgent,
    )


def recommended(outcome: Outcome | None) -> Decision | None:
    """What an automatic outcome would have decided, had it been allowed to."""
    if outcome is None:
        return None
    return outcome.recommendation if outcome.proposal is Proposal.REVIEW else outcome.proposal.decision


def closing_of(arrival: Arrival, case: OpenCase, version: int, closing: Closing) -> tuple[Output, ...]:
    """Record that a case ended without a decision, and take it from people if it was theirs."""
    record = CaseClosed(
        id=arrival.content, case=case.id, version=version, at=arrival.now, closing=closing, published=False
    )
    return (record, *_taken_back(case, closing, arrival))


def answer_of(
    arrival: Arrival, case: OpenCase, version: int, outcome: Outcome, *, published: bool
) -> tuple[Output, ...]:
    """Record the outcome that closed a case, and take it from people if it was theirs."""
    record = CaseClosed(
        id=arrival.content,
        case=case.id,
        version=version,
        at=arrival.now,
        closing=Closing.DECIDED,
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
    return (record, *_taken_back(case, Closing.DECIDED, arrival))


def _taken_back(case: OpenCase, closing: Closing, arrival: Arrival) -> tuple[Output, ...]:
    if case.stage is not Stage.PEOPLE:
        return ()
    return (ReviewClosed(id=arrival.content, case=case.id, at=arrival.now, reason=closing.value),)


def dropped(outcome: OutcomeEvent, now: int, reason: str) -> OutcomeDropped:
    """Record an outcome, an order or a request that did not apply."""
    named = outcome if isinstance(outcome, Outcome) else None
    return OutcomeDropped(
        id=outcome.id,
        version=outcome.version,
        at=now,
        reason=reason,
        case=named.case if named is not None else None,
        proposal=None if isinstance(outcome, CaseRequested) else outcome.proposal,
        decided_by=named.decided_by if named is not None else DecidedBy.STAFF,
        by=outcome.by,
    )
