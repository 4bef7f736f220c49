"""Which rows of a file are looked at: all of them, or some that are spread over it. Pure."""

import heapq
from collections.abc import Iterable
from hashlib import sha256

from msgspec import Struct

from stream.ops.evaluation.labelled.rows import Row

_LINES = 32
"""Bits of a rank that hold the line, so that no two rows have the same."""


class Draw(Struct, frozen=True):
    """Those rows whose ranks are the least.

    Attributes:
        of: rows in the file; None where they were not counted, for all are looked at.
        highest: the last rank that is taken; None takes all.
    """

    of: int | None = None
    highest: int | None = None

    def takes(self, row: Row) -> bool:
        """Whether it is looked at."""
        return self.highest is None or _rank(row) <= self.highest


def draw(rows: Iterable[Row], limit: int) -> Draw:
    """Draw as many rows: each is as likely as any other, and the same file gives the same ones.

    A larger limit takes these and more. What is kept meanwhile is a number for each that is taken.

    Args:
        rows: all of the file, read once.
        limit: at most so many are taken.
    """
    count = 0
    least: list[int] = []  # the largest first, by their negatives
    for row in rows:
        count += 1
        if len(least) < limit:
            heapq.heappush(least, -_rank(row))
        else:
            heapq.heappushpop(least, -_rank(row))
    return Draw(count, -least[0] if count > limit else None)


def _rank(row: Row) -> int:
    digest = sha256(f"{row.id}\xff{row.text}".encode(errors="surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") << _LINES | row.line
