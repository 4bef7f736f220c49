"""Who may decide what: whether an outcome counts, needs a person to confirm it, is told to apps."""

from stream.core.emission import Subject, open_case
from stream.core.outcome import Outcome, Proposal
from stream.core.state import ContentState, OpenCase
from stream.core.terms import DecidedBy, Decision, Effort, Origin, Stage


def refusal(subject: Subject, outcome: Outcome) -> str:
    """Why an outcome for an open case does not count; empty if it does."""
    if outcome.version != subject.version:
        return "version"
    case = open_case(subject)
    if outcome.decided_by.is_person:
        return _refusal_of_person(subject, case, outcome)
    return _refusal_of_machine(case, outcome)


def _refusal_of_machine(case: OpenCase, outcome: Outcome) -> str:
    """A machine's late answer counts until people were asked; an answer too light for the case never does.

    That a life may be in danger always counts, once: it hastens people, and decides nothing.
    """
    if outcome.urgent and not case.urgent:
        return ""
    if case.person_final and case.stage is Stage.PEOPLE:
        return "with_people"
    if outcome.proposal is Proposal.REVIEW:
        return ""
    if outcome.decided_by is DecidedBy.TIMEOUT:
        return "undecided"
    effort = outcome.effort or Effort.LOW
    return "effort" if effort.rank < case.effort.rank else ""


def _refusal_of_person(subject: Subject, case: OpenCase, outcome: Outcome) -> str:
    """A person says who they are, decides, and is new to what an appeal is about."""
    if outcome.proposal is Proposal.REVIEW:
        return "undecided"
    if outcome.by is None:
        return "anonymous"
    if case.origin is Origin.APPEAL and outcome.by in subject.deciders:
        return "same_decider"
    releases = outcome.proposal is Proposal.RELEASE and is_published(subject, outcome)
    return "no_digest" if releases and subject.digest is None else ""


def needs_person(subject: Subject, outcome: Outcome) -> bool:
    """Whether a machine's outcome may only recommend here: what a person decided, a person overturns."""
    if outcome.decided_by.is_person:
        return False
    if open_case(subject).person_final or outcome.urgent or outcome.proposal is Proposal.REVIEW:
        return True
    if not isinstance(subject, ContentState):
        return False
    return bool(subject.deciders) and subject.decision is not outcome.proposal.decision


def is_published(subject: Subject, outcome: Outcome) -> bool:
    """Whether an outcome that closes the case says anything new to apps.

    A machine that agrees with a person adds nothing (and must not change the person's labels). Where
    the gate has forgotten the last verdict, "no action" on a report must not restore what was removed.
    """
    if not isinstance(subject, ContentState):
        return False
    if subject.deciders and not outcome.decided_by.is_person:
        return False
    forgotten = subject.decision is Decision.UNKNOWN and open_case(subject).origin is Origin.REPORT
    return not (forgotten and outcome.proposal is Proposal.RELEASE)
