"""One partition's state: encoded bytes by key, and the timers of its keys."""

from collections.abc import Callable

from stream.ports import NEVER
from stream.runtime.transactional.timers import Timers
from stream.runtime.transactional.waits import Waits

AGAIN_MS = 1_000

TimesOf = Callable[[bytes], tuple[int, int]]
"""See `stream.ports.KeyedProcessor.times`."""


class Table:
    """Holds what is committed, and nothing else.

    Every key that is ever due has a reference in the timers at or before its time; one that was found due
    has one a second later, so that a transaction that fails is tried again without further ado.
    """

    __slots__ = ("_timers", "_times_of", "entries", "waits")

    def __init__(self, times_of: TimesOf) -> None:
        self.entries: dict[bytes, bytes] = {}
        self.waits = Waits()
        self._timers = Timers()
        self._times_of = times_of

    def put(self, key: bytes, state: bytes | None, now: int) -> None:
        """Take a key's committed state; None removes it."""
        before = self.entries.get(key)
        due_before, waits_before = (NEVER, 0) if before is None else self._times_of(before)
        due, waits = (NEVER, 0) if state is None else self._times_of(state)
        if waits != waits_before:
            self.waits.change(waits_before, waits)
        if state is None:
            self.entries.pop(key, None)
            return
        self.entries[key] = state
        if due < due_before:
            self._timers.add(key, due, now)

    def due(self, now: int, limit: int) -> list[bytes]:
        """Keys whose time has come, among the next `limit` references."""
        found = []
        for key in self._timers.take(now, limit):
            state = self.entries.get(key)
            due = NEVER if state is None else self._times_of(state)[0]
            if due <= now:
                found.append(key)
                due = now + AGAIN_MS
            if due < NEVER:
                self._timers.add(key, due, now)
        return found
