"""What the concurrent runner tells, by lane: the same for triage and judge."""

import time
from collections.abc import Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream.adapters.metrics.buckets import ITEM
from stream.adapters.metrics.control import ControlMetrics
from stream.adapters.metrics.health import Health
from stream.adapters.metrics.policies import PolicyMetrics
from stream.runtime.concurrent import Ending, Levels, Tally

_GAUGES = {
    "in_window": ("sluice_lane_in_window_records", "Records in flight"),
    "waiting": ("sluice_lane_waiting_records", "Records read and not admitted yet"),
    "oldest_seconds": (
        "sluice_lane_oldest_in_window_seconds",
        "Time in the window of the record that came first",
    ),
    "span": ("sluice_lane_span_offsets", "The widest partition's span; admission stops at 24,000"),
    "lag": ("sluice_lane_lag_records", "Records not done: end - base - done beyond the base"),
    "assigned": ("sluice_lane_assigned_partitions", "Partitions that are this process's"),
    "unsettled": ("sluice_lane_unsettled_partitions", "Partitions assigned but not being read yet"),
}


class LaneMetrics:
    """Implements `stream.runtime.concurrent.Observer`.

    Attributes:
        registry: what the page serves.
        health: how the process is, as far as its lanes tell.
        policies: the set in force; to be told which one.
        control: what operators told; to be told by which desk.

    Args:
        registry: where the metrics are told.
        lanes: every lane's name, so that its series exist from the start.
        clock: seconds since 1970.
    """

    def __init__(
        self, registry: CollectorRegistry, lanes: Sequence[str], clock: Callable[[], float] = time.time
    ) -> None:
        self.registry = registry
        self.health = Health(*lanes)
        self.policies = PolicyMetrics()
        registry.register(self.policies)
        self.control = ControlMetrics()
        registry.register(self.control)
        self._clock = clock
        self._tallies = Counter(
            "sluice_lane_events_total", "What happened in a lane", ["lane", "event"], registry=registry
        )
        self._endings = Histogram(
            "sluice_lane_window_seconds",
            "Time of a record in the window, by how it left",
            ["lane", "ending"],
            registry=registry,
            buckets=ITEM,
        )
        self._gauges = {
            field: Gauge(name, about, ["lane"], registry=registry) for field, (name, about) in _GAUGES.items()
        }
        self._oldest_record = Gauge(
            "sluice_lane_oldest_record_age_seconds",
            "Age of the oldest record that was read and is not done; 0 with none",
            ["lane"],
            registry=registry,
        )
        for lane in lanes:
            self._begin(lane)

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        self._tallies.labels(lane, what.value).inc(count)

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        self._endings.labels(lane, ending.value).observe(seconds)

    def levels(self, lane: str, levels: Levels) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        self.health.report(lane, _obstacle(levels))
        for field, gauge in self._gauges.items():
            gauge.labels(lane).set(getattr(levels, field))
        oldest = levels.oldest_timestamp
        self._oldest_record.labels(lane).set(max(0.0, self._clock() - oldest / 1_000) if oldest >= 0 else 0)

    def _begin(self, lane: str) -> None:
        """Let every series of a lane exist with a zero."""
        for what in Tally:
            self._tallies.labels(lane, what.value)
        for ending in Ending:
            self._endings.labels(lane, ending.value)
        for gauge in (*self._gauges.values(), self._oldest_record):
            gauge.labels(lane)


def _obstacle(levels: Levels) -> str:
    if not levels.joined:
        return "no partitions are assigned yet"
    if levels.unsettled:
        return f"{levels.unsettled} of {levels.assigned} partitions are not being read yet"
    return ""
