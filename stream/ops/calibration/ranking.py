"""How well a signal ranks the model's own mistakes: AUROC and AURC with intervals. Pure, and seeded."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from stream.core.policy.calibration import Signal, value_of
from stream.ops.calibration.row import Row

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

LEAST = 10
"""Mistakes, and right answers, below which nothing is said about a ranking."""
RESAMPLES = 1_000
_CONFIDENCE = 1 - 0.05 / len(Signal)
"""Of each interval: so that of three signals that are worth nothing hardly one looks better than chance."""


class Ranking(Struct, frozen=True, kw_only=True):
    """One signal over the rows that choose.

    Attributes:
        missing: rows without it.
        mistakes: of those with it.
        auroc: how often a right answer has more of it than a wrong one; 0.5 is chance.
        aurc: the mean share of mistakes when only the surest are taken, over every share; less is better.
        why_not: why it is not used; empty where it may be.
    """

    signal: Signal
    rows: int
    missing: int
    mistakes: int
    auroc: float | None = None
    auroc_low: float | None = None
    auroc_high: float | None = None
    aurc: float | None = None
    aurc_low: float | None = None
    aurc_high: float | None = None
    why_not: str = ""


def rankings(
    rows: Sequence[Row], is_mistake: Callable[[Row], bool], resamples: int = RESAMPLES
) -> list[Ranking]:
    """Each signal's ranking of the same answers, with intervals from so many resamples."""
    return [_ranking(signal, rows, is_mistake, resamples) for signal in Signal]


def best(found: Sequence[Ranking]) -> Signal | None:
    """The usable signal that ranks best; None where none is better than chance."""
    usable = [one for one in found if not one.why_not]
    return max(usable, key=lambda one: one.auroc or 0.0).signal if usable else None


def _ranking(
    signal: Signal, rows: Sequence[Row], is_mistake: Callable[[Row], bool], resamples: int
) -> Ranking:
    import numpy as np

    values_of = [(value_of(row.confidence, signal), is_mistake(row)) for row in rows]
    given = [(value, wrong) for value, wrong in values_of if value is not None]
    mistakes = sum(wrong for _, wrong in given)
    plain = Ranking(signal=signal, rows=len(rows), missing=len(rows) - len(given), mistakes=mistakes)
    if not given:
        return _but(plain, "not recorded")
    if min(mistakes, len(given) - mistakes) < LEAST:
        return _but(plain, f"too few mistakes or right answers to compare: {LEAST} of each are needed")
    values = np.array([value for value, _ in given])
    wrong = np.array([mistake for _, mistake in given])
    measured = _measured(plain, values, wrong, resamples)
    if plain.missing:
        return _but(measured, f"missing in {plain.missing:,} of {len(rows):,} answers")
    chance = (measured.auroc_low or 0.0) <= 0.5
    return _but(measured, "no better than chance") if chance else measured


def _but(ranking: Ranking, why_not: str) -> Ranking:
    return replace(ranking, why_not=why_not)


def _measured(plain: Ranking, values: "NDArray[float64]", wrong: "NDArray[bool_]", resamples: int) -> Ranking:
    """With both areas and their bootstrap intervals, mistakes and right answers drawn apart."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    random = np.random.default_rng(0)
    sides = np.flatnonzero(wrong), np.flatnonzero(~wrong)
    areas = np.empty((resamples, 2))
    for place in range(resamples):
        drawn = np.concatenate([random.choice(side, side.size) for side in sides])
        areas[place] = _auroc(values[drawn], wrong[drawn]), aurc(values[drawn], wrong[drawn])
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(areas, [tail, 1 - tail], axis=0)
    return replace(
        plain,
        auroc=float(roc_auc_score(~wrong, values)),
        auroc_low=float(low[0]),
        auroc_high=float(high[0]),
        aurc=aurc(values, wrong),
        aurc_low=float(low[1]),
        aurc_high=float(high[1]),
    )


def _auroc(values: "NDArray[float64]", wrong: "NDArray[bool_]") -> float:
    """By ranks (Mann and Whitney): the same as scikit-learn's, and fast enough to be drawn often."""
    from scipy.stats import rankdata

    right = int((~wrong).sum())
    ranks = float(rankdata(values)[~wrong].sum())
    return (ranks - right * (right + 1) / 2) / (right * int(wrong.sum()))


def aurc(values: "NDArray[float64]", wrong: "NDArray[bool_]") -> float:
    """The area under the risk-coverage curve; among equal values mistakes are taken as spread evenly."""
    return float(risks(values, wrong).mean())


def risks(values: "NDArray[float64]", wrong: "NDArray[bool_]") -> "NDArray[float64]":
    """The share of mistakes among the surest 1, 2, … of the answers."""
    import numpy as np

    _, group, counts = np.unique(-values, return_inverse=True, return_counts=True)
    rate = np.bincount(group, weights=wrong) / counts
    spread = np.repeat(rate, counts)
    taken: NDArray[float64] = np.cumsum(spread) / np.arange(1, spread.size + 1)
    return taken
