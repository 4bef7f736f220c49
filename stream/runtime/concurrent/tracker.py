"""What is open and what is done in one assigned partition. Pure.

Only offsets that were delivered and admitted are known: what lies between them (transaction markers,
compacted or aborted records) counts as done, so the base steps over it.
"""

from collections.abc import Iterable

from stream.runtime.concurrent.offsets import MAX_SPAN


class Tracker:
    """Finds the base, below which everything is done, and what is done beyond it."""

    __slots__ = ("_done", "_next", "_open", "changes")

    def __init__(self, base: int, done: Iterable[int] = ()) -> None:
        """Begin at a committed offset, with what its metadata names as done beyond."""
        self._open: dict[int, None] = {}  # in the order of offsets, as Kafka delivers
        self._done = set(done)
        self._next = base
        self.changes = 0
        """Grows with everything that can move the position."""

    @property
    def base(self) -> int:
        """The offset to commit: the first one open or, with none open, the first not known to be done."""
        for first in self._open:
            return first
        base = self._next
        while base in self._done:  # a done offset exactly at the base must not be forgotten
            base += 1
        return base

    @property
    def span(self) -> int:
        """Offsets from the first one open to the last one admitted."""
        return self._next - self.base if self._open else 0

    def fits(self, offset: int) -> bool:
        """Whether the commit's metadata can still tell what is done, once this offset is open too."""
        return not self._open or offset - self.base < MAX_SPAN

    def admit(self, offset: int) -> bool:
        """Open an offset as it is delivered; False where it was done or admitted before."""
        if offset < self._next:
            return False
        self._next = offset + 1
        self.changes += 1
        if offset in self._done:
            return False
        self._open[offset] = None
        return True

    def complete(self, offset: int) -> None:
        """Mark an open offset done."""
        del self._open[offset]
        self._done.add(offset)
        self.changes += 1

    def reach_end(self, offset: int) -> None:
        """Step to the partition's end, over markers that are never delivered, so that lag reaches 0."""
        if offset > self._next:
            self._next = offset
            self.changes += 1

    def backlog(self, end: int) -> int:
        """Return how many offsets up to `end` are not done; a hole counts until it is read over."""
        base, beyond = self.position()
        return max(end, self._next) - base - len(beyond)

    def position(self) -> tuple[int, list[int]]:
        """Return the base and, ascending, what is done beyond it; forgets what lies below."""
        base = self.base
        self._next = max(self._next, base)  # what is forgotten may still be delivered: it is not new then
        self._done = {offset for offset in self._done if offset >= base}
        return base, sorted(offset for offset in self._done if offset > base)
