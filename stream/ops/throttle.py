"""Lets work through below live traffic: no faster than a rate, and while few cases wait for the judge."""

from collections.abc import Callable

LOOK_SECONDS = 1.0
"""Between two looks at how many wait."""


class Throttle:
    """Holds back what is not urgent.

    Args:
        rate: how many a second at most. What a pause cost is never made up for.
        most: while more than so many wait, nothing is let through.
        waiting: asks how many wait.
        clock: seconds; only differences mean anything.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        rate: int,
        most: int,
        waiting: Callable[[], int],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._pause = 1 / rate
        self._most = most
        self._waiting = waiting
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._looked: float | None = None
        self.paused = 0.0

    def wait(self, stopped: Callable[[], bool]) -> bool:
        """Wait until one more may go; returns False where it was stopped meanwhile.

        Raises:
            Unavailable: nobody says how many wait.
        """
        while not stopped() and not self._may_go():
            self._sleep(LOOK_SECONDS)
            self.paused += LOOK_SECONDS
        if stopped():
            return False
        ahead = self._next - self._clock()
        if ahead > 0:
            self._sleep(ahead)
        self._next = max(self._next, self._clock()) + self._pause
        return not stopped()

    def _may_go(self) -> bool:
        """Look at how many wait, unless that was just done and they were few."""
        if self._looked is not None and self._clock() - self._looked < LOOK_SECONDS:
            return True
        few = self._waiting() <= self._most
        self._looked = self._clock() if few else None
        return few
