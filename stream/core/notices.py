"""What authors and reporters are told about a decision. The texts are the outcome's, written by people."""

from stream.core.emission import Subject
from stream.core.outcome import Outcome
from stream.core.state import ContentState, OpenCase
from stream.core.step import Arrival, Output
from stream.core.terms import Decision, Origin
from stream.core.verdict import Notice, NoticeTo


def notices_of(
    state: ContentState, case: OpenCase, outcome: Outcome, arrival: Arrival, *, may_appeal: bool
) -> tuple[Output, ...]:
    """Tell the author of a restriction, its end or an appeal's, and the reporters how their report ended.

    `state` is the one before the decision.
    """
    restricts = outcome.proposal.decision is Decision.REMOVE or bool(outcome.labels)
    ends = state.decision is Decision.REMOVE or case.overdue > 0
    author = restricts or ends or case.origin is Origin.APPEAL
    told = (_notice(state, case, outcome, arrival, NoticeTo.AUTHOR, may_appeal),) if author else ()
    return (*told, *answer_to_reporters(state, case, outcome, arrival, may_appeal=may_appeal))


def answer_to_reporters(
    subject: Subject, case: OpenCase, outcome: Outcome, arrival: Arrival, *, may_appeal: bool = True
) -> tuple[Output, ...]:
    """Tell the reporters of a version, if it had any, how the case about it ended."""
    if not subject.reports:
        return ()
    return (_notice(subject, case, outcome, arrival, NoticeTo.REPORTER, may_appeal),)


def notice_of_long_hold(state: ContentState, case: OpenCase, arrival: Arrival) -> Notice:
    """Tell the author that content stays hidden beyond every deadline; silence would be a removal."""
    return Notice(
        id=arrival.content,
        version=state.version,
        case=case.id,
        at=arrival.now,
        to=NoticeTo.AUTHOR,
        decision=Decision.HOLD,
        automated=True,
    )


def _notice(
    subject: Subject, case: OpenCase, outcome: Outcome, arrival: Arrival, to: NoticeTo, may_appeal: bool
) -> Notice:
    decision = outcome.proposal.decision
    return Notice(
        id=arrival.content,
        version=subject.version,
        case=case.id,
        at=arrival.now,
        to=to,
        decision=decision,
        automated=not outcome.decided_by.is_person,
        clauses=outcome.clauses,
        labels=outcome.labels if decision is Decision.RELEASE else (),
        policy_set=outcome.policy_set,
        texts=outcome.notices,
        may_appeal=may_appeal,
    )
