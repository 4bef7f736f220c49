"""What a set lets time decide: a hold that people did not decide about by their due time.

Only where people were asked about a new version and nothing else: no report, appeal or request is about it,
and it is neither urgent nor restricted. Everything else stays with people.
"""

from stream.core.emission import recommended
from stream.core.outcome import Outcome, Proposal
from stream.core.state import ContentState, OpenCase
from stream.core.step import MINUTE, Arrival, Overdue, Terms
from stream.core.terms import DecidedBy, Decision, Effect, Origin, Stage

PUNCTUAL = 10 * MINUTE
"""A gate that looks later than this (ms) was away: answers may lie unread, so people's time begins anew."""
_PROPOSALS = {Overdue.REMOVE: Proposal.REMOVE, Overdue.RELEASE: Proposal.RELEASE}
_POSTED = frozenset({Origin.PUBLISH, Origin.EDIT})


def lapsed(state: ContentState, case: OpenCase, arrival: Arrival, terms: Terms) -> Outcome | None:
    """What time decides about a case whose due time has passed; None where it stays with people."""
    proposal = _PROPOSALS.get(terms.overdue)
    if proposal is None or not _is_plain(state, case) or arrival.now - case.due > PUNCTUAL:
        return None
    if not _may(proposal, case, terms):
        return None
    return Outcome(
        id=arrival.content,
        case=case.id,
        version=state.version,
        proposal=proposal,
        decided_by=DecidedBy.TIMEOUT,
        at=arrival.now,
        policy_set=terms.policy_set,
        reason="people did not decide in time",
        notices=terms.overdue_notices if proposal is Proposal.REMOVE else {},
    )


def may_remove_later(outcome: Outcome) -> bool:
    """Whether a machine would have removed, had it been granted that, and nothing else held it back."""
    return outcome.removable and recommended(outcome) is Decision.REMOVE


def _is_plain(state: ContentState, case: OpenCase) -> bool:
    """Whether people were asked about a new version, and nothing else."""
    asked = case.stage is Stage.PEOPLE and case.effect is Effect.HIDE and case.origin in _POSTED
    return asked and not (case.urgent or state.restricted or state.reports or state.deciders)


def _may(proposal: Proposal, case: OpenCase, terms: Terms) -> bool:
    """Time removes what a machine recommends to remove, and releases what no machine said anything about.

    So what a machine is unsure of, would label or offer help to, stays with people.
    """
    if proposal is Proposal.REMOVE:
        return case.removable
    return not case.person_final and not terms.restricted
