"""The versions that were published in a window of `content`, all of them or some drawn at random. Pure."""

import heapq
import hmac
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct

from stream.core.canary import is_canary
from stream.core.content import Edited, Published
from stream.core.errors import Unreadable
from stream.core.wire import read_content
from stream.ports import Record

IsNew = Callable[[bytes], bool]
"""Whether a key is met for the first time: a version that is published again opens nothing."""
_WHOLE = 1 << 64


class Version(Struct, frozen=True):
    """One version, and where it was published."""

    content: Published | Edited
    partition: int
    offset: int

    @property
    def case(self) -> str:
        """The case that its publication opened."""
        return f"c{self.partition}-{self.offset}"


class Window(Struct, frozen=True, kw_only=True):
    """Which versions: written to `content` from `begin` until before `end` (ms), on one surface or all."""

    begin: int
    end: int
    surface: str | None = None

    @property
    def shown(self) -> str:
        """`2026-11-03 08:00:00 to 2026-11-03 12:00:00 UTC on feed`."""
        begin, end = (
            f"{datetime.fromtimestamp(one / 1_000, UTC):%Y-%m-%d %H:%M:%S}" for one in (self.begin, self.end)
        )
        return f"{begin} to {end} UTC" + (f" on {self.surface}" if self.surface is not None else "")


class Draw(Struct, frozen=True):
    """How many versions the window has, and which of them are looked at.

    Attributes:
        posts: all of them, repeats left out.
        taken: those that are looked at.
        below: a version is taken if its keyed hash lies below; from 2^64 on all are.
        key: of the hash.
    """

    posts: int
    taken: int
    below: int
    key: bytes

    def takes(self, version: Version) -> bool:
        """Whether it is looked at."""
        return self.below >= _WHOLE or _hashed(self.key, version) < self.below


def versions(records: Iterable[Record], window: Window, is_new: IsNew) -> Iterator[Version]:
    """The versions in a window's records, each once; what cannot be read and canaries are left out."""
    for record in records:
        if not window.begin <= record.timestamp < window.end:
            continue
        try:
            content = read_content(record.value)
        except Unreadable:
            continue
        if not isinstance(content, Published | Edited) or is_canary(content.id):
            continue
        if window.surface not in (None, content.surface):
            continue
        version = Version(content, record.partition, record.offset)
        if is_new(_name(version)):
            yield version


def draw(found: Iterable[Version], sample: int | None, key: bytes) -> Draw:
    """Count the versions, and draw as many as asked for: each is as likely as any other.

    Args:
        found: all of the window; read once, and not kept.
        sample: how many to take; None takes all.
        key: whoever does not have it cannot tell what is drawn; with the same one the draw is the same.
    """
    posts = 0
    least: list[int] = []  # the largest first, by their negatives
    for version in found:
        posts += 1
        if sample is None:
            continue
        heapq.heappush(least, -_hashed(key, version))
        if len(least) > sample:
            heapq.heappop(least)
    if sample is None or posts <= sample:
        return Draw(posts, posts, _WHOLE, key)
    return Draw(posts, sample, -least[0] + 1, key)


def _name(version: Version) -> bytes:
    content = version.content
    return sha256(f"{content.id}\xff{content.version}\xff{content.digest}".encode()).digest()[:16]


def _hashed(key: bytes, version: Version) -> int:
    return int.from_bytes(hmac.digest(key, _name(version), "sha256")[:8], "big")
