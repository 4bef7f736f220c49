"""An open loop: records published at their own moments, and when a reader first saw what became of each."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any, Literal

from msgspec import Struct

from bench.errand import Errand
from bench.measurement import percentile
from bench.sides import Side
from bench.topics import PARTITIONS

READY_SECONDS = 30.0
SPARE_SECONDS = 60.0


class OpenLoop(Struct, frozen=True, kw_only=True):
    """What is published where, how fast, how long, and what is watched.

    `settle_s` at the beginning are published and not counted.
    """

    bootstrap: str
    kind: Literal["posts", "cases"]
    into: str
    watched: Sequence[str]
    rate: float
    seconds: float
    settle_s: float
    slow_share: float = 0.0

    @property
    def count(self) -> int:
        """How many records are published."""
        return int(self.rate * (self.settle_s + self.seconds))

    def run(self) -> list["Latencies"]:
        """Publish, watch, and return the latencies at each watched topic, counted from the intended moment.

        Raises:
            SideFailed: not every record was seen in time.
        """
        with ExitStack() as sides:
            watchers = [sides.enter_context(self._side("bench.watcher", topic)) for topic in self.watched]
            for watcher in watchers:
                watcher.wait("ready", READY_SECONDS)
            publisher = sides.enter_context(self._side("bench.publisher", self.into))
            start = float(publisher.wait("start", READY_SECONDS)["at"])
            patience = self.settle_s + self.seconds + SPARE_SECONDS
            seen = [watcher.wait("result", patience)["seen"] for watcher in watchers]
            late = float(publisher.wait("result", READY_SECONDS)["late_s"])
        first = int(self.rate * self.settle_s)
        return [Latencies(first, self._latencies(each, start, first), late) for each in seen]

    def _latencies(self, seen: list[float], start: float, first: int) -> list[float]:
        return [seen[number] - start - number / self.rate for number in range(first, self.count)]

    def _side(self, module: str, topic: str) -> Side:
        options: dict[str, Any] = {
            "topic": topic,
            "kind": self.kind,
            "rate": self.rate,
            "slow_share": self.slow_share,
        }
        errand = Errand(
            bootstrap=self.bootstrap, prefix="", partitions=PARTITIONS, count=self.count, options=options
        )
        return Side(module, errand)


class Latencies(Struct, frozen=True):
    """Seconds from the intended moment to first sight, for records `first` and on; the publisher's delay."""

    first: int
    seconds: list[float]
    late_s: float

    def summary(self, without: Iterable[int] = ()) -> dict[str, float]:
        """p50 and p99 in milliseconds, some records left out."""
        left_out = set(without)
        counted = [each for number, each in enumerate(self.seconds, self.first) if number not in left_out]
        return {
            "p50_ms": 1e3 * percentile(counted, 0.5),
            "p99_ms": 1e3 * percentile(counted, 0.99),
            "late_ms": 1e3 * self.late_s,
        }
