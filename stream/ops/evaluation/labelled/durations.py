"""How long answers took: quantiles of any number of them in the same few kilobytes."""

import math

from msgspec import Struct

_LEAST = 1e-4
_GROWTH = 1.02
_BINS = 1_000
_DEVIATIONS = 1.96


class Quantile(Struct, frozen=True):
    """A quantile of durations with its 95% interval, all in seconds and within 1% of the true value."""

    share: float
    seconds: float
    low: float
    high: float


class Durations:
    """A histogram of seconds, from 0.1 ms to eleven hours, in steps of 2%."""

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self._bins = [0] * _BINS

    def add(self, seconds: float) -> None:
        """Count one."""
        self.count += 1
        self.total += seconds
        steps = math.log(max(seconds, _LEAST) / _LEAST, _GROWTH)
        self._bins[min(_BINS - 1, int(steps))] += 1

    def quantile(self, share: float) -> Quantile | None:
        """The duration that this share does not exceed; None where there are none.

        The interval is that of the rank: which place the true quantile has is binomial.
        """
        if not self.count:
            return None
        spread = _DEVIATIONS * math.sqrt(share * (1 - share) / self.count)
        return Quantile(share, self._at(share), self._at(share - spread), self._at(share + spread))

    def _at(self, share: float) -> float:
        wanted = max(1, math.ceil(min(max(share, 0.0), 1.0) * self.count))
        passed = 0
        for place, count in enumerate(self._bins):
            passed += count
            if passed >= wanted:
                return float(_LEAST * _GROWTH ** (place + 0.5))
        raise AssertionError("a rank is at most the count")
