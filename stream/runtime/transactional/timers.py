"""When to look at which key again: buckets of key references by time. Pure calculation.

A reference may be early, never late: whoever takes it looks at the key's state, and adds it again if
its time has not come. So a state that moves its time further away touches nothing here.
"""

from heapq import heappop, heappush

_ROUGHNESS = 4
_SPARE = 1_024


class Timers:
    """Times in milliseconds. About 8 bytes a reference."""

    __slots__ = ("_buckets", "_count", "_room", "_starts")

    def __init__(self) -> None:
        self._buckets: dict[int, list[bytes]] = {}
        self._starts: list[int] = []
        self._count = 0
        self._room = _SPARE

    def __len__(self) -> int:
        return self._count

    def add(self, key: bytes, due: int, now: int) -> None:
        """Refer to a key at `due`, or up to an eighth of the way from `now` before it."""
        # The further away, the wider the bucket: a few dozen buckets span any future.
        width = max(0, (due - now).bit_length() - _ROUGHNESS) if due > now else 0
        start = due >> width << width
        bucket = self._buckets.get(start)
        if bucket is None:
            self._buckets[start] = [key]
            heappush(self._starts, start)
        else:
            bucket.append(key)
        self._count += 1
        if self._count > self._room:
            self._merge()

    def take(self, now: int, limit: int) -> list[bytes]:
        """Remove up to `limit` references whose bucket has begun, earliest bucket first; doubles once."""
        found: list[bytes] = []
        while self._starts and self._starts[0] <= now and len(found) < limit:
            bucket = self._buckets[self._starts[0]]
            wanted = limit - len(found)
            found += bucket[-wanted:]
            del bucket[-wanted:]
            if not bucket:
                del self._buckets[heappop(self._starts)]
        self._count -= len(found)
        return list(dict.fromkeys(found))

    def _merge(self) -> None:
        """Drop doubles: a key that changes for ever must not pile up references."""
        for start, bucket in self._buckets.items():
            self._buckets[start] = list(dict.fromkeys(bucket))
        self._count = sum(map(len, self._buckets.values()))
        self._room = 2 * self._count + _SPARE
