"""Where a reader keeps the last record of each piece of content, and how far it has read."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class LastRecord(Struct, frozen=True, gc=False):
    """The last record of one content id, as it lies in `verdicts`.

    It stays bytes, so that what a later version of this library understands is not lost in a store that
    an earlier one wrote. `written` is the record's own time in ms; `value` is None for a tombstone.
    """

    partition: int
    written: int
    value: bytes | None


Records = Sequence[tuple[str, LastRecord]]
Positions = Mapping[int, int]
"""The next offset to read, by partition."""


class VerdictStore(Protocol):
    """State of one reader. `apply` comes from the reader's thread, `get` and `changed_since` from any."""

    def open(self, log: str) -> dict[int, int]:
        """Begin: return the positions saved for this log; forget everything if it was another's.

        Args:
            log: names the topic and the cluster it lies on.

        Raises:
            Misconfigured: the store cannot be used; says why.
        """

    def apply(self, records: Records, positions: Positions) -> None:
        """Keep these records and positions: all of it, or nothing.

        A record replaces the one of its id; one from another partition (the topic was given more) only
        if it is not the older of the two.
        """

    def get(self, content_id: str) -> LastRecord | None:
        """The last record of this id, if there is one; None once the store is closed."""

    def changed_since(self, mark: int, limit: int) -> list[tuple[int, str]]:
        """Ids whose last record came after `mark` (0: all), oldest change first, each with its own mark.

        Marks grow for as long as the store lives; those of a store that was deleted lie before all of
        its successor's.
        """

    def clear(self) -> None:
        """Forget records and positions."""

    def close(self) -> None:
        """Give up what is held outside this process. Safe to call twice."""


def first_mark() -> int:
    """Where marks begin when a store is opened: at that moment in µs, beyond those of any store before it."""
    return time.time_ns() // 1_000


def replaces(new: LastRecord, old: LastRecord | None) -> bool:
    """Whether a record takes the place of the one that is there."""
    return old is None or new.partition == old.partition or new.written >= old.written


class MemoryVerdicts:
    """A store that lives as long as its reader, which reads the whole topic at its start."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log = ""
        self._mark = first_mark()
        self._positions: dict[int, int] = {}
        # In the order of change: a record that is replaced moves to the end.
        self._records: dict[str, tuple[int, LastRecord]] = {}

    def open(self, log: str) -> dict[int, int]:
        """See `VerdictStore`."""
        if log != self._log:
            self.clear()
            self._log = log
        return dict(self._positions)

    def apply(self, records: Records, positions: Positions) -> None:
        """See `VerdictStore`."""
        with self._lock:
            for content_id, record in records:
                known = self._records.get(content_id)
                if replaces(record, known[1] if known else None):
                    self._records.pop(content_id, None)
                    self._mark += 1
                    self._records[content_id] = (self._mark, record)
            self._positions.update(positions)

    def get(self, content_id: str) -> LastRecord | None:
        """See `VerdictStore`."""
        found = self._records.get(content_id)
        return found[1] if found else None

    def changed_since(self, mark: int, limit: int) -> list[tuple[int, str]]:
        """See `VerdictStore`. Takes as long as there are changes after the mark."""
        found = []
        with self._lock:
            for content_id, (changed, _) in reversed(self._records.items()):
                if changed <= mark:
                    break
                found.append((changed, content_id))
        return found[: -limit - 1 : -1]

    def clear(self) -> None:
        """See `VerdictStore`."""
        with self._lock:
            self._records.clear()
            self._positions.clear()

    def close(self) -> None:
        """See `VerdictStore`."""
        self.clear()
