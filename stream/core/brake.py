"""The brake: how many removals a machine may make in an hour. Pure: the time comes in.

Removals are counted by partition, and a partition takes its count along: no restart and no other owner
forgets what was removed in the last hour.
"""

from collections.abc import Collection, Iterable
from math import ceil

from msgspec import Struct

from stream.core.removals import BUCKET, Key, Removals

MAX_PLACES = 20_000
"""Decisions remembered by the record that they follow from: twice the largest batch."""
LEAST_USUAL = 10
"""Below so many removals an hour nothing counts as unusual."""


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
        self._removals: dict[int, Removals] = {}
        self._answers: dict[tuple[int, str], str] = {}

    def why_not(
        self,
        brakes: Brakes,
        policies: Iterable[str],
        surface: str,
        *,
        place: str,
        partition: int,
        live: Collection[int],
        now: int,
        share: float,
    ) -> str:
        """Count a removal, or say why it must not be made.

        Args:
            brakes: the set's.
            policies: under which it would be made; each must have room, and counts it.
            surface: where the content was posted.
            place: names the record that it follows from: one that comes again gets the answer of before.
            partition: that record's, which counts it.
            live: the partitions whose counts are this brake's now, this one among them.
            now: milliseconds; it may stand still, and steps back count as that.
            share: which part of all partitions these are, above 0 and at most 1; the caps are as much
                smaller, rounded up.

        Returns:
            The brake that holds, in a few words; empty if the removal may be made, and is counted.
        """
        if (partition, place) in self._answers:
            return self._answers[partition, place]
        bucket, policies = now // BUCKET, sorted(set(policies))
        counted = [self._of(number, bucket) for number in live]
        held = (self._held(brakes, (policy, surface), counted, bucket, share) for policy in policies)
        why = next((why for why in held if why), "")
        if not why:
            here = self._of(partition, bucket)
            here.add({here.key(policy, surface, bucket) for policy in policies}, bucket)
        self._answers[partition, place] = why
        if len(self._answers) > MAX_PLACES:
            del self._answers[next(iter(self._answers))]
        return why

    def kept(self, partition: int, now: int) -> bytes:
        """What a partition takes along: its removals of the last hour."""
        counted = self._removals.get(partition)
        return counted.encoded(now // BUCKET) if counted is not None else b""

    def restored(self, partition: int, kept: bytes, now: int) -> None:
        """A partition came, with what it took along: nothing that was thought of it before counts.

        Raises:
            Unreadable: these bytes are of another format.
        """
        self._removals[partition] = Removals(now // BUCKET, kept)
        self._answers = {at: why for at, why in self._answers.items() if at[0] != partition}

    def _of(self, partition: int, bucket: int) -> Removals:
        if partition not in self._removals:
            self._removals[partition] = Removals(bucket)
        return self._removals[partition]

    def _held(self, brakes: Brakes, key: Key, counted: list[Removals], bucket: int, share: float) -> str:
        policy, surface = key
        cap = brakes.cap(policy)
        if cap is not None and _in_an_hour(counted, key, bucket) >= ceil(cap * share):
            return f"brake: {cap} removals an hour under {policy} on {surface}"
        times, known = brakes.times_usual, [one for one in counted if one.knows_a_day(bucket)]
        if times is not None and known:
            day = sum(one.day(one.key(*key, bucket), bucket) for one in known)
            if _in_an_hour(known, key, bucket) >= max(day / 24, LEAST_USUAL) * times:
                return f"brake: {times:g} times the usual removals under {policy} on {surface}"
        return ""


def _in_an_hour(counted: list[Removals], key: Key, bucket: int) -> int:
    return sum(one.hour(one.key(*key, bucket), bucket) for one in counted)
