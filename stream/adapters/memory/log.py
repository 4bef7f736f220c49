"""One partition's log: records, transaction markers, holes, and the two ends that readers see."""

from bisect import bisect_left
from enum import Enum, auto

from msgspec import Struct

from stream.ports import Headers


class Fate(Enum):
    """What became of a transaction."""

    OPEN = auto()
    COMMITTED = auto()
    ABORTED = auto()


class Ticket(Struct, eq=False):
    """One transaction, as the records that belong to it see it."""

    fate: Fate = Fate.OPEN


class Entry(Struct, frozen=True):
    """A record, or a marker (`ticket` set, no key and no value) that ends a transaction here."""

    offset: int
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = ()
    timestamp: int = -1
    ticket: Ticket | None = None
    marker: bool = False


class Log:
    """Offsets only grow: markers take one each, and compaction and retention leave holes."""

    def __init__(self) -> None:
        self.start = 0
        self.end = 0
        self._entries: list[Entry] = []
        self._open: dict[Ticket, int] = {}

    @property
    def stable_end(self) -> int:
        """The first offset of the oldest open transaction, else the end."""
        return min(self._open.values(), default=self.end)

    def append(
        self, key: bytes | None, value: bytes | None, headers: Headers, timestamp: int, ticket: Ticket | None
    ) -> int:
        """Write a record; returns its offset."""
        if ticket is not None:
            self._open.setdefault(ticket, self.end)
        self._entries.append(Entry(self.end, key, value, headers, timestamp, ticket))
        self.end += 1
        return self.end - 1

    def settle(self, ticket: Ticket) -> None:
        """Write the marker that ends a transaction in this partition."""
        if self._open.pop(ticket, None) is not None:
            self._entries.append(Entry(self.end, ticket=ticket, marker=True))
            self.end += 1

    def skip(self, count: int) -> None:
        """Leave a hole of `count` offsets, as compaction does."""
        self.end += count

    def retain(self, offset: int) -> None:
        """Drop what lies before `offset`, as retention does."""
        self.start = max(self.start, offset)
        self._entries = [entry for entry in self._entries if entry.offset >= self.start]

    def cut(self, offset: int) -> None:
        """Lose what lies at `offset` and beyond, as an unclean election does."""
        self.end = offset
        self._entries = [entry for entry in self._entries if entry.offset < offset]

    def compact(self) -> None:
        """Keep the last committed record of each key, and nothing of aborted transactions."""
        last = {entry.key: entry.offset for entry in self._entries if self._counts(entry)}
        self._entries = [
            entry
            for entry in self._entries
            if entry.offset >= self.stable_end or last.get(entry.key) == entry.offset
        ]

    def _counts(self, entry: Entry) -> bool:
        settled = entry.ticket is None or entry.ticket.fate is Fate.COMMITTED
        return settled and not entry.marker and entry.offset < self.stable_end

    def read(self, position: int, *, committed: bool) -> tuple[Entry | None, int]:
        """The first visible record at or after a position, and the position after it.

        Without one: None, and where the reader then stands (past markers, up to the end that it sees).
        """
        limit = self.stable_end if committed else self.end
        for index in range(bisect_left(self._entries, position, key=_offset), len(self._entries)):
            entry = self._entries[index]
            if entry.offset >= limit:
                break
            aborted = entry.ticket is not None and entry.ticket.fate is Fate.ABORTED
            if not entry.marker and not (committed and aborted):
                return entry, entry.offset + 1
        return None, max(position, limit)


def _offset(entry: Entry) -> int:
    return entry.offset
