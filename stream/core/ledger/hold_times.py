"""Times in hold as counts in buckets: small, and the sum of two is exact."""

import math
from collections.abc import Mapping
from typing import TypeVar

from msgspec import Struct

Key = TypeVar("Key")

LEAST_SECONDS = 0.001
GROWTH = 1.1
"""Each bucket ends a tenth later than the one before: no percentile is told more than a tenth too long."""


class HoldTimes(Struct):
    """How many holds ended within each bucket. `counts` by the bucket's number, from 0 up to 1 ms."""

    counts: dict[int, int] = {}

    def add(self, seconds: float) -> None:
        """Count one hold."""
        bucket = math.ceil(math.log(max(seconds, LEAST_SECONDS) / LEAST_SECONDS) / math.log(GROWTH))
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    def merge(self, other: "HoldTimes") -> None:
        """Count another's holds too."""
        merge_counts(self.counts, other.counts)

    @property
    def total(self) -> int:
        """How many holds were counted."""
        return sum(self.counts.values())

    def percentile(self, share: float) -> float | None:
        """The time (s) within which this share of all holds ended, by its bucket's end; None without any.

        Args:
            share: above 0, up to 1.
        """
        left = share * self.total
        for bucket in sorted(self.counts):
            left -= self.counts[bucket]
            if left <= 0:
                return LEAST_SECONDS * GROWTH**bucket
        return None


def merge_counts(into: dict[Key, int], more: Mapping[Key, int]) -> None:
    """Add counts to counts."""
    for key, count in more.items():
        into[key] = into.get(key, 0) + count
