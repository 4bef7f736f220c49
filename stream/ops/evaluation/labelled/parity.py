"""Whether one language is served worse than the others: the worst beside the median."""

from collections.abc import Mapping

from msgspec import Struct

from stream.ops.evaluation.labelled.counts import Estimate
from stream.ops.evaluation.statistics import CONFIDENCE

LEAST_ROWS = 30
"""Languages with fewer labelled rows say too little to be the worst."""
_DRAWS = 4_000


class Parity(Struct, frozen=True):
    """The worst language against the median of all.

    Attributes:
        gap: how far the worst lies from the median, 0 to 1, and where that distance may lie.
        chance: how often languages that are served alike would show a gap as large.
    """

    worst: str
    value: float
    median: float
    gap: float
    low: float
    high: float
    chance: float


def parity(rates: Mapping[str, Estimate], *, higher_is_better: bool) -> Parity | None:
    """Compare languages; None where fewer than three have enough rows.

    The interval and the chance come from drawing every language's count anew (a parametric bootstrap with a
    fixed seed): from its own rate for the one, from the rate of all together for the other.

    Args:
        rates: by language.
        higher_is_better: True for recall, False for false flags.
    """
    import numpy as np

    counted = {name: rate for name, rate in rates.items() if rate.of >= LEAST_ROWS and rate.value is not None}
    if len(counted) < 3:
        return None
    sign = 1.0 if higher_is_better else -1.0
    sizes = np.array([rate.of for rate in counted.values()])
    counts = np.array([rate.count for rate in counted.values()])
    shares = counts / sizes
    draw = np.random.default_rng(1)
    own = draw.binomial(sizes, shares, (_DRAWS, len(sizes))) / sizes
    alike = draw.binomial(sizes, counts.sum() / sizes.sum(), (_DRAWS, len(sizes))) / sizes
    place = int(np.argmin(sign * shares))
    gap = float(sign * (np.median(shares) - shares[place]))
    away = sign * (np.median(own, axis=1) - own[:, place])
    by_chance = np.median(sign * alike, axis=1) - (sign * alike).min(axis=1)
    tail = (1 - CONFIDENCE) / 2
    return Parity(
        worst=list(counted)[place],
        value=float(shares[place]),
        median=float(np.median(shares)),
        gap=gap,
        low=float(np.quantile(away, tail)),
        high=float(np.quantile(away, 1 - tail)),
        chance=float((by_chance >= gap - 1e-12).mean()),
    )
