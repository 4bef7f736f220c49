"""How often a process says the same thing."""

import time
from collections.abc import Callable

from stream.adapters.metrics.words import Words

SECONDS = 60.0


class Pacing:
    """Lets each kind of message through once a minute at most; kinds are few, as `Words` keeps them.

    Args:
        clock: seconds; only differences mean anything.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kinds = Words()
        self._next: dict[str, float] = {}

    def lets(self, message: str) -> bool:
        """Whether it may be said now; its kind is what stands before its first colon."""
        kind, now = self._kinds.of(message), self._clock()
        if now < self._next.get(kind, now):
            return False
        self._next[kind] = now + SECONDS
        return True
