"""The report of a calibration."""

from collections import Counter
from collections.abc import Sequence

from stream.core.policy.calibration import Drawn, Signal, value_of
from stream.ops.calibration.claim import Claim, Direction
from stream.ops.calibration.proposal import Aim, Proposal
from stream.ops.calibration.ranking import risks
from stream.ops.calibration.row import Row, Truth, Would
from stream.ops.calibration.wording import DRAWS, basis, budget, outcome, posts_needed, threshold, verdict
from stream.ops.report import Page
from stream.ops.report.page import Part, Picture, Remark, Table, Tile, Tiles
from stream.ops.report.pictures import Curve, curves

_FEWEST_ERRORS = 2


def page(
    proposals: Sequence[Proposal], passed: Counter[str], aim: Aim, about: tuple[tuple[str, str], ...]
) -> Page:
    """The page of these proposals.

    Args:
        proposals: one a policy.
        passed: why answers are no rows, and how many.
        aim: what was to be certified.
        about: where the rows come from, for its head.
    """
    sections = [("What follows", _summary(proposals, passed, aim))]
    sections += [(proposal.policy, _policy(proposal)) for proposal in proposals]
    return Page("Calibration", about, tuple(sections))


def _summary(proposals: Sequence[Proposal], passed: Counter[str], aim: Aim) -> tuple[Part, ...]:
    tiles = Tiles(tuple(Tile(one.policy, one.autonomy.value, outcome(one)) for one in proposals))
    rows = tuple((why, number) for why, number in passed.most_common())
    left = (Table(("answers left out", "number"), rows),) if rows else ()
    return (tiles, Remark(budget(aim, len(proposals))), *left)


def _policy(proposal: Proposal) -> tuple[Part, ...]:
    parts: list[Part] = [
        Table(
            ("alone", "answers", "rows that chose", "certified on", "mistakes", "threshold", "acts on", ""),
            tuple(_line(claim) for claim in proposal.claims),
            f"{proposal.judged or len(proposal.rows):,} answers; attempt {proposal.attempt}",
        ),
    ]
    for claim in proposal.claims:
        name = claim.goal.direction.value
        parts.append(
            Remark(f"{name}: {verdict(claim)}. Its rows are {DRAWS[claim.drawn]}.", warns=bool(claim.why_not))
        )
        if claim.rankings:
            parts.append(_rankings(claim))
        if (picture := _risk(proposal.rows, claim)) is not None:
            parts.append(picture)
        if needed := posts_needed(claim, proposal):
            parts.append(Remark(f"{name}: {needed}."))
    return tuple(parts)


def _line(claim: Claim) -> tuple[str | int | float | None, ...]:
    kept = f"{claim.kept:.0%}" if claim.basis is not None else ""
    return (
        claim.goal.direction.value,
        basis(claim),
        claim.chose,
        claim.certified,
        claim.mistakes,
        threshold(claim),
        kept,
        verdict(claim),
    )


def _rankings(claim: Claim) -> Table:
    rows = tuple(
        (
            one.signal.value,
            one.mistakes,
            _between(one.auroc, one.auroc_low, one.auroc_high),
            _between(one.aurc, one.aurc_low, one.aurc_high),
            one.why_not or ("used" if one.signal is claim.signal else "usable"),
        )
        for one in claim.rankings
    )
    caption = f"{claim.goal.direction}: how well each signal ranks the model's own mistakes (0.5 is chance)"
    return Table(("signal", "mistakes", "AUROC", "AURC", ""), rows, caption)


def _between(value: float | None, low: float | None, high: float | None) -> str:
    return "" if value is None else f"{value:.3f} ({low:.3f} to {high:.3f})"


def _risk(rows: Sequence[Row], claim: Claim) -> Picture | None:
    """How many mistakes are left when only the surest act; None where there are hardly any."""
    import numpy as np

    would = Would(claim.goal.direction.value)
    removes = claim.goal.direction is Direction.REMOVE
    drawn = [row for row in rows if (row.random if claim.drawn is Drawn.RANDOM else row.flagged)]
    acting = [row for row in drawn if row.would is would and row.is_labelled and row.chooses]
    lines = []
    for signal in Signal:
        given = [(value_of(row.confidence, signal), row) for row in acting]
        values = [value for value, _ in given if value is not None]
        wrong = [
            (row.truth is not Truth.REMOVED) if removes else row.violates
            for value, row in given
            if value is not None
        ]
        if sum(wrong) < _FEWEST_ERRORS:
            continue
        shares = risks(np.array(values), np.array(wrong))
        steps = range(0, len(shares), max(1, len(shares) // 200))
        points = tuple(((step + 1) / len(shares), float(shares[step])) for step in steps)
        lines.append(Curve(signal.value, points))
    if not lines:
        return None
    caption = f"{would}: the share of mistakes among the surest answers, by how many of them act"
    return Picture(curves(lines, "acts alone on", "mistakes"), caption)
