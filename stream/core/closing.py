"""What an outcome does: close its case and publish, hand it to people, or be dropped with a reason."""

from msgspec.structs import replace

from stream.core.emission import closing_of, digest_text, dropped, hold_of, task_of
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.state import ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output, Step, Terms
from stream.core.terms import DecidedBy, Decision, Effect, Origin, Stage
from stream.core.verdict import Closing, Notice, NoticeTo, Verdict


def decided(state: ContentState | None, outcome: Outcome, arrival: Arrival, terms: Terms) -> Step:
    """Apply an outcome to the open case it names."""
    if state is not None and state.case is not None and state.case.id == outcome.case:
        reason = _refusal(state, state.case, state.version, outcome)
        if reason:
            return _drop(state, outcome, arrival, reason)
        if _needs_person(state, state.case, outcome):
            return _to_people(state, state.case, outcome, arrival, terms)
        return _close(state, state.case, outcome, arrival)
    for older in state.older if state is not None else ():
        if older.case.id == outcome.case and state is not None:
            return _decided_for_the_record(state, older, outcome, arrival, terms)
    return _drop(state, outcome, arrival, "closed")


def staff_decided(state: ContentState | None, order: StaffDecision, arrival: Arrival, terms: Terms) -> Step:
    """Take a version down or restore it at once, closing what is open about it."""
    reason = _staff_refusal(state, order)
    if reason:
        return Step(state, (dropped(order, arrival.now, reason),), "dropped:" + reason)
    state = _adopted(state, order, arrival)
    case = state.case or OpenCase(
        arrival.opens, Effect.WATCH, Origin.STAFF, Stage.AUTOMATIC, arrival.now, arrival.now
    )
    outcome = Outcome(
        id=order.id,
        case=case.id,
        version=order.version,
        proposal=order.proposal,
        decided_by=DecidedBy.STAFF,
        at=order.at,
        by=order.by,
        labels=order.labels,
        clauses=order.clauses,
        reason=order.reason,
    )
    return _close(state, case, outcome, arrival)


def _refusal(state: ContentState | OlderCase, case: OpenCase, version: int, outcome: Outcome) -> str:
    """Why an outcome for an open case does not count; empty if it does."""
    if outcome.version != version:
        return "version"
    if outcome.decided_by.is_person:
        return _refusal_of_person(state, case, outcome)
    if case.person_final and case.stage is Stage.PEOPLE:
        return "with_people"
    too_light = outcome.effort is not None and outcome.effort.rank < case.effort.rank
    if too_light and outcome.proposal is not Proposal.REVIEW:
        return "effort"
    return ""


def _refusal_of_person(state: ContentState | OlderCase, case: OpenCase, outcome: Outcome) -> str:
    if outcome.proposal is Proposal.REVIEW:
        return "undecided"
    decider = state.decider if isinstance(state, ContentState) else None
    if case.origin is Origin.APPEAL and decider is not None and decider == outcome.by:
        return "same_decider"
    if outcome.proposal is Proposal.RELEASE and state.digest is None:
        return "no_digest"
    return ""


def _needs_person(state: ContentState | OlderCase, case: OpenCase, outcome: Outcome) -> bool:
    """Whether a machine's outcome may only recommend here."""
    if outcome.decided_by.is_person:
        return False
    if case.person_final or outcome.proposal is Proposal.REVIEW:
        return True
    overturns = isinstance(state, ContentState) and state.decision is not outcome.proposal.decision
    return overturns and isinstance(state, ContentState) and state.by_person and case.effect is Effect.WATCH


def _to_people(state: ContentState, case: OpenCase, outcome: Outcome, arrival: Arrival, terms: Terms) -> Step:
    asked = _asked(case, arrival, terms)
    new = replace(state, case=asked)
    task = task_of(new, arrival, outcome.reason or "recommended", outcome)
    outputs = (hold_of(new, arrival, outcome.reason), task) if case.effect is Effect.HIDE else (task,)
    return Step(new, outputs, "to_people")


def _asked(case: OpenCase, arrival: Arrival, terms: Terms) -> OpenCase:
    """The case once it is a person's; a due time that people already have stands."""
    due = case.due if case.stage is Stage.PEOPLE else arrival.now + terms.people
    return replace(case, stage=Stage.PEOPLE, person_final=True, due=due)


def _close(state: ContentState, case: OpenCase, outcome: Outcome, arrival: Arrival) -> Step:
    decision = outcome.proposal.decision
    published = _may_publish(state, case, outcome)
    closings = closing_of(
        outcome.id, case, state.version, arrival.now, Closing.DECIDED, outcome, published=published
    )
    if not published:
        return Step(replace(state, case=None, changed_at=arrival.now), closings, "closed")
    person = outcome.decided_by.is_person
    new = replace(
        state,
        decision=decision,
        changed_at=arrival.now,
        case=None,
        by_person=person,
        decider=outcome.by if person else None,
    )
    verdict = _verdict(state, outcome, decision, arrival.now)
    return Step(new, (verdict, *closings, *_notices(state, case, outcome, arrival.now)), decision.value)


def _may_publish(state: ContentState, case: OpenCase, outcome: Outcome) -> bool:
    """Whether a closing says anything new to apps.

    A machine that agrees with a person adds nothing (and must not change the person's labels). Where
    the gate has forgotten the last verdict, "no action" on a report must not restore what was removed.
    """
    if case.effect is Effect.WATCH and state.by_person and not outcome.decided_by.is_person:
        return False
    forgotten = state.decision is Decision.UNKNOWN and case.origin is Origin.REPORT
    return not (forgotten and outcome.proposal is Proposal.RELEASE)


def _verdict(state: ContentState, outcome: Outcome, decision: Decision, now: int) -> Verdict:
    return Verdict(
        id=outcome.id,
        version=state.version,
        decision=decision,
        at=now,
        digest=digest_text(state.digest),
        case=outcome.case,
        labels=outcome.labels if decision is Decision.RELEASE else (),
        decided_by=outcome.decided_by,
        policy_set=outcome.policy_set,
        model=outcome.model,
        effort=outcome.effort,
        clauses=outcome.clauses,
        reason=outcome.reason,
    )


def _notices(state: ContentState, case: OpenCase, outcome: Outcome, now: int) -> tuple[Output, ...]:
    """Tell the author of a restriction or its end, and the reporters how their report ended."""
    decision = outcome.proposal.decision
    restricts = decision is Decision.REMOVE or bool(outcome.labels)
    told = [NoticeTo.AUTHOR] if restricts or state.decision is Decision.REMOVE else []
    if state.reports:
        told.append(NoticeTo.REPORTER)
    return tuple(
        Notice(
            id=outcome.id,
            version=state.version,
            case=case.id,
            at=now,
            to=to,
            decision=decision,
            automated=not outcome.decided_by.is_person,
            clauses=outcome.clauses,
            labels=outcome.labels if decision is Decision.RELEASE else (),
            policy_set=outcome.policy_set,
            texts=outcome.notices,
        )
        for to in told
    )


def _decided_for_the_record(
    state: ContentState, older: OlderCase, outcome: Outcome, arrival: Arrival, terms: Terms
) -> Step:
    """Close the case of a superseded version: an audit record and nothing that apps see."""
    reason = _refusal(older, older.case, older.version, outcome)
    if reason:
        return _drop(state, outcome, arrival, reason)
    others = tuple(other for other in state.older if other is not older)
    if _needs_person(older, older.case, outcome):
        asked = replace(older, case=_asked(older.case, arrival, terms))
        task = task_of(asked, arrival, outcome.reason or "recommended", outcome)
        return Step(replace(state, older=(*others, asked)), (task,), "to_people")
    closings = closing_of(outcome.id, older.case, older.version, arrival.now, Closing.DECIDED, outcome)
    return Step(replace(state, older=others, changed_at=arrival.now), closings, "closed")


def _drop(state: ContentState | None, outcome: Outcome, arrival: Arrival, reason: str) -> Step:
    return Step(state, (dropped(outcome, arrival.now, reason),), "dropped:" + reason)


def _staff_refusal(state: ContentState | None, order: StaffDecision) -> str:
    """Why a staff decision does not count; empty if it does."""
    if order.proposal is Proposal.REVIEW:
        return "undecided"
    digest = order.digest
    if state is not None and _is_known(state):
        if state.decision is Decision.DELETED:
            return "deleted"
        if order.version != state.version:
            return "stale" if order.version < state.version else "unseen"
        if digest is not None and state.digest is not None and digest != digest_text(state.digest):
            return "stale"
        digest = digest or digest_text(state.digest)
    return "no_digest" if order.proposal is Proposal.RELEASE and digest is None else ""


def _is_known(state: ContentState) -> bool:
    """Whether the gate itself knows which version is the newest."""
    return state.decision is not Decision.UNKNOWN and state.version > 0


def _adopted(state: ContentState | None, order: StaffDecision, arrival: Arrival) -> ContentState:
    """The state, with version and digest taken from the order where the gate knows neither."""
    named = bytes.fromhex(order.digest[7:]) if order.digest is not None else None
    if state is None:
        return ContentState(order.version, named, -1, Decision.UNKNOWN, arrival.now)
    if _is_known(state):
        return state if state.digest is not None else replace(state, digest=named)
    return replace(state, version=order.version, digest=named, offset=-1)
