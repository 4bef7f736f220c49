"""What counts of cases allow to be said: intervals, bounds, and whether a change may be chance."""

import math

from msgspec import Struct

CONFIDENCE = 0.95


class Interval(Struct, frozen=True):
    """Between which two shares the true one lies, each 0 to 1."""

    low: float
    high: float

    def __str__(self) -> str:
        """`71-88%`."""
        return f"{100 * self.low:.0f}-{100 * self.high:.0f}%"


def interval(count: int, of: int, confidence: float = CONFIDENCE) -> Interval:
    """Wilson's score interval of a share (Wilson 1927, JASA 22); everything where there are no cases."""
    from scipy.stats import binomtest

    if not of:
        return Interval(0.0, 1.0)
    found = binomtest(count, of).proportion_ci(confidence, method="wilson")
    return Interval(float(found.low), float(found.high))


def at_most(count: int, of: int, confidence: float = CONFIDENCE) -> float:
    """The one-sided exact upper bound of a share (Clopper and Pearson 1934); 1 where there are no cases.

    With this confidence the true share is no larger, whatever it is.
    """
    from scipy.stats import binomtest

    if not of:
        return 1.0
    return float(binomtest(count, of, alternative="less").proportion_ci(confidence, method="exact").high)


def chance(gained: int, lost: int) -> float:
    """How likely chance alone parts the changed cases so unevenly: McNemar's exact test, two-sided.

    Args:
        gained: cases that only the candidate has right.
        lost: cases that only the present one has right.
    """
    from scipy.stats import binomtest

    changed = gained + lost
    return float(binomtest(gained, changed, 0.5).pvalue) if changed else 1.0


def ratio(part: float, whole: float) -> float:
    """A share, or not a number where there is nothing to share."""
    return part / whole if whole else math.nan
