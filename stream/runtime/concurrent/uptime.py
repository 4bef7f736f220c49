"""A clock for deadlines that stands still while nobody could have answered."""

from collections.abc import Callable


class Uptime:
    """Seconds on the given clock, less those in which the answerer was away.

    It is away from an `Unavailable` until the next answer, but no longer than `most` seconds after the last
    `Unavailable`: what hangs instead of failing must run out of time. An item that alone is refused does
    so too, since the answers to others keep this clock going.
    """

    def __init__(self, clock: Callable[[], float], most: float) -> None:
        """Begin with the answerer there."""
        self._clock = clock
        self._most = most
        self._lost = 0.0
        self._away_since: float | None = None
        self._refused_at = 0.0

    def __call__(self) -> float:
        """Seconds now; only differences mean anything."""
        now = self._clock()
        return now - self._lost - self._standing(now)

    def away(self) -> None:
        """Note an `Unavailable`."""
        now = self._clock()
        if self._away_since is None or now > self._refused_at + self._most:
            self.back()
            self._away_since = now
        self._refused_at = now

    def back(self) -> None:
        """Note an answer."""
        self._lost += self._standing(self._clock())
        self._away_since = None

    def _standing(self, now: float) -> float:
        """Seconds of the present absence that do not count."""
        if self._away_since is None:
            return 0.0
        return min(now, self._refused_at + self._most) - self._away_since
