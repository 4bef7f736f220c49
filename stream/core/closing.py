"""What an outcome does: close its case and publish, hand it to people, or be dropped with a reason."""

from msgspec.structs import replace

from stream.core.authority import is_published, needs_person, refusal
from stream.core.emission import (
    Subject,
    answer_of,
    decision_of,
    dropped,
    hold_of,
    open_case,
    task_of,
)
from stream.core.lapse import may_remove_later
from stream.core.notices import answer_to_reporters, notices_of
from stream.core.outcome import Outcome
from stream.core.state import MAX_DECIDERS, ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Step, Terms
from stream.core.terms import Effect, Origin, Stage


def decided(state: ContentState | None, outcome: Outcome, arrival: Arrival, terms: Terms) -> Step:
    """Apply an outcome to the open case it names."""
    subject = None if state is None else _subject_of(state, outcome.case)
    if state is None or subject is None:
        return _drop(state, outcome, arrival, "closed")
    if reason := refusal(subject, outcome):
        return _drop(state, outcome, arrival, reason)
    if needs_person(subject, outcome):
        return _to_people(state, subject, outcome, arrival, terms)
    if isinstance(subject, OlderCase):
        return _close_for_the_record(state, subject, outcome, arrival)
    if is_published(state, outcome):
        return close(state, open_case(state), outcome, arrival)
    return _close_unchanged(state, open_case(state), outcome, arrival)


def close(state: ContentState, case: OpenCase, outcome: Outcome, arrival: Arrival) -> Step:
    """Close a case about the newest version with this outcome, and tell apps."""
    decision = outcome.proposal.decision
    upheld = case.origin is Origin.APPEAL and state.decision is decision
    deciders = state.deciders
    if outcome.decided_by.is_person and outcome.by is not None:
        others = tuple(one for one in deciders if one != outcome.by)
        deciders = (*others, outcome.by)[-MAX_DECIDERS:]
    new = replace(
        state,
        decision=decision,
        changed_at=arrival.now,
        case=None,
        deciders=deciders,
        final=upheld or (state.final and state.decision is decision),
    )
    outputs = (
        decision_of(state, case, outcome, arrival),
        *answer_of(arrival, case, state.version, outcome, published=True),
        *notices_of(state, case, outcome, arrival, may_appeal=not new.final),
    )
    return Step(new, outputs, decision.value)


def _subject_of(state: ContentState, case_id: str) -> Subject | None:
    if state.case is not None and state.case.id == case_id:
        return state
    return next((older for older in state.older if older.case.id == case_id), None)


def _drop(state: ContentState | None, outcome: Outcome, arrival: Arrival, reason: str) -> Step:
    return Step(state, (dropped(outcome, arrival.now, reason),), "dropped:" + reason)


def _to_people(
    state: ContentState, subject: Subject, outcome: Outcome, arrival: Arrival, terms: Terms
) -> Step:
    """Make the case a person's; a due time that people already have stands, but where a life is in danger."""
    case = open_case(subject)
    urgent = case.urgent or outcome.urgent
    due = case.due if case.stage is Stage.PEOPLE else arrival.now + terms.people
    if urgent:
        due = min(due, arrival.now + terms.urgent)
    removable = may_remove_later(outcome)
    now_asked = replace(
        case, stage=Stage.PEOPLE, person_final=True, due=due, urgent=urgent, removable=removable
    )
    asked = replace(subject, case=now_asked)
    task = task_of(asked, arrival, outcome.reason or "recommended", outcome)
    note = "urgent" if outcome.urgent else "to_people"
    if isinstance(asked, OlderCase):
        older = tuple(asked if one is subject else one for one in state.older)
        return Step(replace(state, older=older), (task,), note)
    hold = (hold_of(asked, arrival, outcome.reason),) if case.effect is Effect.HIDE else ()
    return Step(asked, (*hold, task), note)


def _close_for_the_record(state: ContentState, older: OlderCase, outcome: Outcome, arrival: Arrival) -> Step:
    """Close the case of a superseded version: an audit record, an answer to its reporters, no verdict."""
    others = tuple(one for one in state.older if one is not older)
    outputs = (
        *answer_of(arrival, older.case, older.version, outcome, published=False),
        *answer_to_reporters(older, older.case, outcome, arrival),
    )
    return Step(replace(state, older=others, changed_at=arrival.now), outputs, "closed")


def _close_unchanged(state: ContentState, case: OpenCase, outcome: Outcome, arrival: Arrival) -> Step:
    """Close a watch that leaves everything as it is."""
    outputs = (
        *answer_of(arrival, case, state.version, outcome, published=False),
        *answer_to_reporters(state, case, outcome, arrival),
    )
    return Step(replace(state, case=None, changed_at=arrival.now), outputs, "closed")
