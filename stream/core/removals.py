"""Removals of one partition, counted by policy and surface in buckets of five minutes.

The last hour's are bytes too, which the partition takes along.
"""

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from stream.core.errors import Unreadable

BUCKET = 300_000
"""Milliseconds that are counted together."""
HOUR_BUCKETS = 13
DAY_BUCKETS = 288
MAX_KEYS = 256
"""Policies on surfaces that are counted apart; what is beyond shares one count."""

Key = tuple[str, str]
"""A policy and a surface."""
REST: Key = ("", "")


class _Kept(Struct, frozen=True, array_like=True):
    """Counts of the last hour, by key and bucket."""

    counts: list[tuple[str, str, dict[int, int]]] = []


class Removals:
    """An hour is the twelve whole buckets before the present one, and that one: never less than an hour.

    Attributes:
        began: the bucket since which everything is counted here; what is restored goes back an hour at most.

    Args:
        began: see above.
        kept: what `encoded` gave before.

    Raises:
        Unreadable: these bytes are of another format.
    """

    def __init__(self, began: int, kept: bytes = b"") -> None:
        self.began = began
        try:
            found = _decode(kept).counts if kept else []
        except DecodeError as error:
            raise Unreadable(f"they are no counts of removals: {error}") from error
        self._counts: dict[Key, dict[int, int]] = {(policy, surface): at for policy, surface, at in found}
        self._encoded = b""
        self._encoded_at = -1

    def add(self, keys: set[Key], bucket: int) -> None:
        """Count one removal under each key."""
        for key in keys:
            counts = self._counts.setdefault(key, {})
            latest = max(bucket, max(counts, default=bucket))
            counts[latest] = counts.get(latest, 0) + 1
        self._encoded_at = -1

    def key(self, policy: str, surface: str, bucket: int) -> Key:
        """The count that a removal belongs to. Counts that are older than a day leave first.

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

    def hour(self, key: Key, bucket: int) -> int:
        """Removals in the hour up to now."""
        return sum(count for at, count in self._trimmed(key, bucket).items() if at > bucket - HOUR_BUCKETS)

    def day(self, key: Key, bucket: int) -> int:
        """Removals in the day before that hour."""
        return sum(count for at, count in self._trimmed(key, bucket).items() if at <= bucket - HOUR_BUCKETS)

    def knows_a_day(self, bucket: int) -> bool:
        """Whether that day was counted here."""
        return bucket - self.began >= DAY_BUCKETS + HOUR_BUCKETS

    def encoded(self, bucket: int) -> bytes:
        """The last hour's counts as bytes: some 100 kB at most, nothing where there are none."""
        if self._encoded_at != bucket:
            counts = [
                (policy, surface, recent)
                for (policy, surface), every in self._counts.items()
                if (recent := {at: count for at, count in every.items() if at > bucket - HOUR_BUCKETS})
            ]
            self._encoded = _encode(_Kept(counts)) if counts else b""
            self._encoded_at = bucket
        return self._encoded

    def _trimmed(self, key: Key, bucket: int) -> dict[int, int]:
        """The counts of a key, without those that no window reaches any more."""
        counts = self._counts.get(key, {})
        for at in [at for at in counts if at <= bucket - DAY_BUCKETS - HOUR_BUCKETS]:
            del counts[at]
        return counts


_encode = Encoder().encode
_decode = Decoder(_Kept).decode
