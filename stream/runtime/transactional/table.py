"""One partition's state: encoded bytes by key, and the timers of its keys."""

from collections.abc import Callable

from stream.ports import NEVER
from stream.runtime.transactional.timers import Timers
from stream.runtime.transactional.waits import Waits

AGAIN_MS = 1_000

HeadOf = Callable[[bytes], tuple[int, int, int]]
"""See `stream.ports.KeyedProcessor.head`."""
_NOTHING = (NEVER, 0, 0)


class Table:
    """Holds what is committed, and nothing else.

    Every key that is ever due has a reference in the timers at or before its time; one that was found due
    has one a second later, so that a transaction that fails is tried again without further ado.
    """

    __slots__ = ("_head_of", "_timers", "entries", "waits", "weight")

    def __init__(self, head_of: HeadOf) -> None:
        self.entries: dict[bytes, bytes] = {}
        self.waits = Waits()
        self.weight = 0
        """Of the work that all entries wait for."""
        self._timers = Timers()
        self._head_of = head_of

    def put(self, key: bytes, state: bytes | None, now: int) -> None:
        """Take a key's committed state; None removes it.

        Raises:
            Unreadable: the processor wrote no such state.
        """
        before = self.entries.get(key)
        due_before, waits_before, weight_before = _NOTHING if before is None else self._head_of(before)
        due, waits, weight = _NOTHING if state is None else self._head_of(state)
        self.weight += weight - weight_before
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
            due = NEVER if state is None else self._head_of(state)[0]
            if due <= now:
                found.append(key)
                due = now + AGAIN_MS
            if due < NEVER:
                self._timers.add(key, due, now)
        return found
