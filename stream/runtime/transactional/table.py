"""One partition's state: encoded bytes by key, and the timers of its keys."""

from collections.abc import Callable

from stream.ports import NEVER
from stream.runtime.transactional.timers import Timers
from stream.runtime.transactional.waits import Waits

AGAIN_MS = 1_000

TimeOf = Callable[[bytes], int]
"""A time in ms that encoded state tells, or `NEVER`."""


def _never(_state: bytes) -> int:
    return NEVER


class Table:
    """Holds what is committed, and nothing else.

    Every key that is ever due has a reference in the timers at or before its time; one that was found due
    has one a second later, so that a transaction that fails is tried again without further ado.
    """

    __slots__ = ("_timers", "_waiting_since", "_wake_at", "entries", "waits")

    def __init__(self, wake_at: TimeOf, waiting_since: TimeOf = _never) -> None:
        self.entries: dict[bytes, bytes] = {}
        self.waits = Waits()
        self._timers = Timers()
        self._wake_at = wake_at
        self._waiting_since = waiting_since

    def put(self, key: bytes, state: bytes | None, now: int) -> None:
        """Take a key's committed state; None removes it."""
        before = self.entries.get(key)
        was = NEVER if before is None else self._waiting_since(before)
        waits = NEVER if state is None else self._waiting_since(state)
        if was != waits:
            self.waits.change(was, waits)
        if state is None:
            self.entries.pop(key, None)
            return
        self.entries[key] = state
        due = self._wake_at(state)
        if due < (NEVER if before is None else self._wake_at(before)):
            self._timers.add(key, due, now)

    def due(self, now: int, limit: int) -> list[bytes]:
        """Keys whose time has come, among the next `limit` references."""
        found = []
        for key in self._timers.take(now, limit):
            state = self.entries.get(key)
            due = NEVER if state is None else self._wake_at(state)
            if due <= now:
                found.append(key)
                due = now + AGAIN_MS
            if due < NEVER:
                self._timers.add(key, due, now)
        return found
