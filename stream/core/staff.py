"""Staff decisions: a version is taken down or restored at once, whatever is open about it."""

from msgspec.structs import replace

from stream.core.closing import close
from stream.core.emission import digest_text, dropped, raw_digest, task_of
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.state import ContentState, OpenCase
from stream.core.step import Arrival, Output, Step, Terms
from stream.core.succession import renamed
from stream.core.terms import DecidedBy, Decision, Effect, Origin, Stage
from stream.core.verdict import CaseClosed


def staff_decided(state: ContentState | None, order: StaffDecision, arrival: Arrival, _terms: Terms) -> Step:
    """Carry the order out and close what is open about the version with it.

    An appeal that must be another person's stays open beside the order: as a watch, for somebody else.
    """
    if reason := _refusal(state, order):
        return Step(state, (dropped(order, arrival.now, reason),), "dropped:" + reason)
    state, superseded = _adopted(state, order, arrival)
    appeal = state.case if _decided_before(state, order) else None
    case = state.case if appeal is None else None
    if case is None:
        now = arrival.now
        case = OpenCase(arrival.opens, Effect.WATCH, Origin.STAFF, Stage.AUTOMATIC, now, now)
    done = close(state, case, _as_outcome(order, case.id), arrival)
    if order.bulk:
        done = _in_bulk(done)
    if appeal is not None:
        done = _beside(done, appeal, arrival)
    return done._replace(outputs=(*done.outputs, *superseded))


def _in_bulk(done: Step) -> Step:
    """Say for the record that nobody looked at this one by itself."""
    outputs = (replace(one, bulk=True) if isinstance(one, CaseClosed) else one for one in done.outputs)
    return done._replace(outputs=tuple(outputs))


def _beside(done: Step, appeal: OpenCase, arrival: Arrival) -> Step:
    """Keep the appeal open; people who have it are told that it hides nothing any more."""
    if done.state is None:
        return done
    state = replace(done.state, case=replace(appeal, effect=Effect.WATCH))
    told = appeal.stage is Stage.PEOPLE
    task = (task_of(state, arrival, "staff decided; the appeal is another person's"),) if told else ()
    return done._replace(state=state, outputs=(*done.outputs, *task))


def _refusal(state: ContentState | None, order: StaffDecision) -> str:
    """Why a staff decision does not count; empty if it does."""
    if order.proposal is Proposal.REVIEW:
        return "undecided"
    if order.bulk and state is not None and _is_peoples(state):
        return "peoples"
    known_digest = None
    if state is not None and state.is_known:
        if state.decision is Decision.DELETED:
            return "deleted"
        if order.version != state.version:
            return "stale" if order.version < state.version else "unseen"
        known_digest = digest_text(state.digest)
        if None not in (order.digest, known_digest) and order.digest != known_digest:
            return "stale"
    nameless = order.digest is None and known_digest is None
    return "no_digest" if order.proposal is Proposal.RELEASE and nameless else ""


def _is_peoples(state: ContentState) -> bool:
    """Whether a person decided about the newest version, or is to decide, or few may see it."""
    waits = state.case is not None and (state.case.stage is Stage.PEOPLE or state.case.person_final)
    return bool(state.deciders) or waits or state.restricted


def _adopted(
    state: ContentState | None, order: StaffDecision, arrival: Arrival
) -> tuple[ContentState, tuple[Output, ...]]:
    """The state, with version and digest taken from the order where the gate knows neither."""
    digest = raw_digest(order.digest)
    if state is None:
        return ContentState(order.version, digest, -1, Decision.UNKNOWN, arrival.now), ()
    if state.is_known:
        return (state if state.digest is not None else replace(state, digest=digest)), ()
    if state.version == 0:
        return replace(state, version=order.version, digest=digest), ()
    return renamed(state, order.version, digest, arrival)


def _decided_before(state: ContentState, order: StaffDecision) -> bool:
    """Whether an appeal is open that this person may not close."""
    return state.case is not None and state.case.origin is Origin.APPEAL and order.by in state.deciders


def _as_outcome(order: StaffDecision, case_id: str) -> Outcome:
    return Outcome(
        id=order.id,
        case=case_id,
        version=order.version,
        proposal=order.proposal,
        decided_by=DecidedBy.STAFF,
        at=order.at,
        by=order.by,
        labels=order.labels,
        policy_set=order.policy_set,
        clauses=order.clauses,
        reason=order.reason,
        notices=order.notices,
    )
