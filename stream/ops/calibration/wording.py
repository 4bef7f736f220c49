"""A calibration in words, for terminal and report. Pure."""

from stream.core.policy.calibration import Drawn
from stream.ops.calibration.claim import Claim, Direction
from stream.ops.calibration.proposal import Aim, Proposal

DRAWS = {
    Drawn.RANDOM: "of cases drawn at random before anybody knew the answer: they stand for all",
    Drawn.FLAGGED: (
        "of cases that the model sent to people, who could see its recommendation: they bound how often "
        "such people agree with a removal, and nothing about what is released"
    ),
}
"""What each kind of row can bound."""


def verdict(claim: Claim) -> str:
    """What is certified of a direction, or why nothing is."""
    removes = claim.goal.direction is Direction.REMOVE
    if claim.why_not:
        what = "removals" if removes else "violations drawn at random"
        needed = (
            f"; about {claim.needed:,} {what} with a label are needed" if claim.needed is not None else ""
        )
        return f"not certified: {claim.why_not}{needed}"
    if removes:
        return f"certified: at least {1 - claim.bound:.1%} of the removals are right"
    return f"certified: at most {claim.bound:.1%} of the violations are released"


def threshold(claim: Claim) -> str:
    """From which value of which signal on the model acts alone."""
    evidence = claim.evidence
    if claim.signal is None or claim.at_least is None:
        return "none"
    least = evidence.at_least if evidence is not None else round(claim.at_least, 6)
    return f"{claim.signal} ≥ {least}"


def basis(claim: Claim) -> str:
    """Which answers it is about."""
    return f"{claim.basis.model}, {claim.basis.effort}" if claim.basis is not None else ""


def outcome(proposal: Proposal) -> str:
    """What follows for the grant."""
    if proposal.calibration is None:
        return f"stays {proposal.before}: nothing is certified"
    change = f"{proposal.before} → {proposal.autonomy}"
    return (
        f"{change}" if proposal.before is not proposal.autonomy else f"stays {proposal.before}, with evidence"
    )


def posts_needed(claim: Claim, proposal: Proposal) -> str:
    """What the missing rows mean in posts, where the window tells how rare they are; else empty."""
    if not claim.why_not or claim.needed is None or not proposal.judged:
        return ""
    have = claim.chose + claim.certified
    if not have:
        return "the window had none among " + f"{proposal.judged:,} answers"
    return f"about {round(claim.needed * proposal.judged / have):,} answers like this window's"


def budget(aim: Aim, policies: int) -> str:
    """How the chance to be wrong was shared out."""
    over = "one policy" if policies == 1 else f"{policies} policies"
    return (
        f"All bounds together hold with {aim.confidence:.0%} confidence: what is left of it is shared out "
        f"over {over}, removals and releases, and the nth attempt at the same text gets 1/(n(n+1)) of its "
        "share. Rows that chose a signal or a threshold certify nothing; a text is on the same side at "
        "every attempt, and counts once."
    )
