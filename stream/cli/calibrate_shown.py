"""What `sluice policy calibrate` says: a line a claim, or JSON."""

from collections.abc import Sequence

from msgspec import to_builtins
from rich.table import Table

from stream.cli.output import console, say, tell
from stream.ops.amounts import count
from stream.ops.calibration.collection import Collected
from stream.ops.calibration.proposal import Aim, Proposal
from stream.ops.calibration.wording import basis, budget, outcome, posts_needed, threshold, verdict


def show(result: Sequence[Proposal], found: Collected, aim: Aim) -> None:
    """Print each claim, what was left out, and what each policy would be granted."""
    console().print(_table(result))
    for why, number in found.passed.most_common():
        say((f"{count(number, 'answer')} left out: {why}", "dim"))
    for proposal in result:
        say((f"{proposal.policy}: ", "bold"), outcome(proposal))
    say((budget(aim, len(result)), "dim"))


def show_json(result: Sequence[Proposal]) -> None:
    """Print a line a policy."""
    for proposal in result:
        tell(_line(proposal))


def _table(result: Sequence[Proposal]) -> Table:
    table = Table("policy", "alone", "answers", box=None)
    for heading in ("rows", "mistakes", "threshold", "acts on"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for proposal in result:
        for claim in proposal.claims:
            table.add_row(
                proposal.policy,
                claim.goal.direction.value,
                basis(claim),
                f"{claim.chose} + {claim.certified}",
                str(claim.mistakes),
                threshold(claim),
                f"{claim.kept:.0%}" if claim.basis is not None else "",
                "; ".join(part for part in (verdict(claim), posts_needed(claim, proposal)) if part),
            )
    return table


def _line(proposal: Proposal) -> dict[str, object]:
    return {
        "policy": proposal.policy,
        "before": proposal.before,
        "autonomy": proposal.autonomy,
        "attempt": proposal.attempt,
        "judged": proposal.judged,
        "claims": [{"verdict": verdict(claim), **_plain(claim)} for claim in proposal.claims],
        "calibration": _plain(proposal.calibration),
    }


def _plain(value: object) -> dict[str, object]:
    plain: dict[str, object] = to_builtins(value) if value is not None else {}
    return plain
