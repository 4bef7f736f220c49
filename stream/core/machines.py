"""What a machine is about to do alone, for whatever holds it back."""

from stream.core.outcome import Outcome, Proposal
from stream.core.state import ContentState
from stream.core.step import Step
from stream.core.terms import Decision
from stream.core.verdict import Verdict

UNKNOWN_SURFACE = "unknown"
UNKNOWN_POLICY = "unnamed"


def removes_alone(state: ContentState | None, event: object, done: Step) -> bool:
    """Whether this step takes content away by a machine's word that was not away before."""
    if not isinstance(event, Outcome) or event.proposal is not Proposal.REMOVE or event.decided_by.is_person:
        return False
    first = done.outputs[0] if done.outputs else None
    applied = isinstance(first, Verdict) and first.decision is Decision.REMOVE
    return applied and state is not None and state.decision is not Decision.REMOVE


def policies_of(outcome: Outcome) -> tuple[str, ...]:
    """The policies that an outcome rests on: a removal on those whose clauses it cites, else on all asked."""
    if outcome.proposal is Proposal.REMOVE and outcome.clauses:
        return tuple(dict.fromkeys(clause.rpartition("/")[0] for clause in outcome.clauses))
    return outcome.policies
