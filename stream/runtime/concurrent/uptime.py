"""A clock for deadlines that stands still while nobody could have answered."""

from collections.abc import Callable


class Uptime:
    """Seconds on the given clock, less those from a first `Unavailable` until the next answer.

    An absent model must not use up the time of what waits for it: window after window would go to people.
    An item that alone is refused still runs out of time, since the answers to others keep this clock going.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin with the answerer there."""
        self._clock = clock
        self._lost = 0.0
        self._away_since: float | None = None

    def __call__(self) -> float:
        """Seconds now; only differences mean anything."""
        return (self._clock() if self._away_since is None else self._away_since) - self._lost

    def away(self) -> None:
        """Stop, if it has not: the answerer is not there."""
        if self._away_since is None:
            self._away_since = self._clock()

    def back(self) -> None:
        """Go on, if it had stopped: there was an answer."""
        if self._away_since is not None:
            self._lost += self._clock() - self._away_since
            self._away_since = None
