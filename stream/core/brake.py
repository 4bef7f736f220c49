"""The brake: how many removals a machine may make in an hour. Pure: the time comes in.

Counts lie in buckets of five minutes, by policy and surface. An hour is the twelve whole buckets before the
present one, and that one: so no hour, wherever it begins, has more than the cap.
"""

from collections.abc import Iterable
from math import ceil

from msgspec import Struct

BUCKET = 300_000
"""Milliseconds that are counted together."""
HOUR_BUCKETS = 13
DAY_BUCKETS = 288
MAX_KEYS = 256
"""Policies on surfaces that are counted apart; what is beyond shares one count."""
MAX_PLACES = 20_000
"""Decisions remembered by the record that they follow from: twice the largest batch."""
LEAST_USUAL = 10
"""Below so many removals an hour nothing counts as unusual."""

Key = tuple[str, str]
"""A policy and a surface."""
REST: Key = ("", "")


class Brakes(Struct, frozen=True):
    """What a set says.

    Attributes:
        removals_an_hour: the cap of each policy on each surface; None is none.
        times_usual: how many times the trailing day's hourly rate; None is none.
        by_policy: caps of some policies, instead of the common one.
    """

    removals_an_hour: int | None = None
    times_usual: float | None = None
    by_policy: dict[str, int] = {}

    def cap(self, policy: str) -> int | None:
        """How many removals under a policy an hour may have on one surface."""
        return self.by_policy.get(policy, self.removals_an_hour)


class Brake:
    """Counts removals, and says which one would be too many."""

    def __init__(self) -> None:
        self._counts: dict[Key, dict[int, int]] = {}
        self._began: int | None = None
        self._answers: dict[str, str] = {}

    def why_not(
        self, brakes: Brakes, policies: Iterable[str], surface: str, *, place: str, now: int, share: float
    ) -> str:
        """Count a removal, or say why it must not be made.

        Args:
            brakes: the set's.
            policies: under which it would be made; each must have room, and counts it.
            surface: where the content was posted.
            place: names the record that it follows from: one that comes again gets the answer of before.
            now: milliseconds; it may stand still, and steps back count as that.
            share: which part of all content is counted here, above 0 and at most 1; the caps are as much
                smaller, rounded up.

        Returns:
            The brake that holds, in a few words; empty if the removal may be made, and is counted.
        """
        if place in self._answers:
            return self._answers[place]
        bucket = now // BUCKET
        if self._began is None:
            self._began = bucket
        keys = [self._key(policy, surface, bucket) for policy in sorted(set(policies))]
        why = next((why for key in keys if (why := self._held(brakes, key, bucket, share))), "")
        if not why:
            for key in dict.fromkeys(keys):
                counts = self._counts.setdefault(key, {})
                latest = max(bucket, max(counts, default=bucket))
                counts[latest] = counts.get(latest, 0) + 1
        self._answers[place] = why
        if len(self._answers) > MAX_PLACES:
            del self._answers[next(iter(self._answers))]
        return why

    def _key(self, policy: str, surface: str, bucket: int) -> Key:
        """The count that this removal belongs to. Counts that are older than a day leave first.

        While the shared count has any of the last hour, nobody new leaves it, for what it counted is in it.
        """
        key = (policy, surface)
        if key in self._counts:
            return key
        hour_ago = bucket - HOUR_BUCKETS
        if max(self._counts.get(REST, {}), default=hour_ago) > hour_ago:
            return REST
        if len(self._counts) >= MAX_KEYS:
            oldest = bucket - DAY_BUCKETS - HOUR_BUCKETS
            for idle in [
                one for one, counts in self._counts.items() if max(counts, default=oldest) <= oldest
            ]:
                del self._counts[idle]
        return key if len(self._counts) < MAX_KEYS else REST

    def _held(self, brakes: Brakes, key: Key, bucket: int, share: float) -> str:
        counts = self._trimmed(key, bucket)
        hour = sum(count for at, count in counts.items() if at > bucket - HOUR_BUCKETS)
        policy, surface = key
        where = f"under {policy or 'rarer policies'} on {surface or 'rarer surfaces'}"
        cap = brakes.cap(policy)
        if cap is not None and hour >= ceil(cap * share):
            return f"brake: {cap} removals an hour {where}"
        if brakes.times_usual is not None and hour >= self._usual(counts, bucket) * brakes.times_usual:
            return f"brake: {brakes.times_usual:g} times the usual removals {where}"
        return ""

    def _trimmed(self, key: Key, bucket: int) -> dict[int, int]:
        """The counts of a key, without those that no window reaches any more."""
        counts = self._counts.get(key, {})
        for at in [at for at in counts if at <= bucket - DAY_BUCKETS - HOUR_BUCKETS]:
            del counts[at]
        return counts

    def _usual(self, counts: dict[int, int], bucket: int) -> float:
        """Removals an hour in the day before the last hour; without such a day, more than there can be."""
        if self._began is None or bucket - self._began < DAY_BUCKETS + HOUR_BUCKETS:
            return float("inf")
        day = sum(count for at, count in counts.items() if at <= bucket - HOUR_BUCKETS)
        return max(day / 24, LEAST_USUAL)
