"""What a pause does to a machine's outcome: it becomes a recommendation to people. Pure."""

from msgspec.structs import replace

from stream.core.control.events import PausedAction
from stream.core.fields import MAX_NOTE
from stream.core.outcome import Outcome, Proposal


def automatic_action(outcome: Outcome) -> PausedAction | None:
    """What an outcome would do with no person asked; None where a person decided, or is to decide."""
    if outcome.decided_by.is_person or outcome.proposal is Proposal.REVIEW:
        return None
    return PausedAction(outcome.proposal.value)


def recommended(outcome: Outcome, why: str) -> Outcome:
    """The same outcome as a recommendation to people; what the machine said follows the pause's reason.

    Args:
        outcome: one that removes or releases.
        why: what is paused, and for what reason.
    """
    reason = f"paused: {why[: MAX_NOTE // 2]}" + (f"; {outcome.reason}" if outcome.reason else "")
    return replace(
        outcome,
        proposal=Proposal.REVIEW,
        recommendation=outcome.proposal.decision,
        reason=reason[:MAX_NOTE],
    )
