"""What a judge can do when it has all the work it can take: the measure that replicas are counted by."""

import time
from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector


class Saturation(Collector):
    """Adds up the seconds in which the window was full, and the tokens computed in them.

    Tokens are known when an answer ends, so seconds count once an answer came in the same full stretch: an
    engine that is away, and a window that was full for a moment, say nothing about what it can do.

    Attributes:
        seconds: with a full window.
        tokens: computed in those.

    Args:
        clock: seconds; only differences mean anything.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = 0.0
        self.tokens = 0
        self._clock = clock
        self._full: set[str] = set()
        self._since: float | None = None
        self._computed = 0
        self._counted = 0

    def answered(self, tokens: int) -> None:
        """An answer ended, for which so many tokens were computed. From any one thread."""
        self._computed += tokens

    def looked(self, lane: str, *, full: bool) -> None:
        """A lane has, or has not, a record that waits for room. About once a second."""
        (self._full.add if full else self._full.discard)(lane)
        now, computed = self._clock(), self._computed
        if self._since is None or not self._full:
            self._begin(now, computed)
        elif computed > self._counted:
            self.seconds += now - self._since
            self.tokens += computed - self._counted
            self._begin(now, computed)

    def interrupted(self) -> None:
        """The engine took no work: what has not been counted of this stretch is not."""
        self._full.clear()
        self._since = None

    def collect(self) -> Iterator[Metric]:
        """The sums now."""
        yield CounterMetricFamily(
            "sluice_judge_busy_seconds", "Time in which the window was full", self.seconds
        )
        yield CounterMetricFamily(
            "sluice_judge_busy_tokens", "Tokens computed while the window was full", self.tokens
        )

    def _begin(self, now: float, computed: int) -> None:
        self._since = now if self._full else None
        self._counted = computed
