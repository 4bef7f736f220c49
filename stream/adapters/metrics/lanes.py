"""What the concurrent runner tells, by lane: the same for triage and judge."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream.adapters.metrics.buckets import ITEM
from stream.runtime.concurrent import Ending, Levels, Tally

_GAUGES = {
    "in_window": ("sluice_lane_in_window", "Items in flight"),
    "waiting": ("sluice_lane_waiting", "Records read and not admitted"),
    "oldest_seconds": ("sluice_lane_oldest_in_window_seconds", "Age in the window of the oldest item"),
    "span": ("sluice_lane_span_offsets", "The widest partition's span; admission stops at 24,000"),
    "lag": ("sluice_lane_lag_records", "Records not done: end - base - done beyond the base"),
    "assigned": ("sluice_lane_assigned_partitions", "Partitions that are this process's"),
    "unsettled": ("sluice_lane_unsettled_partitions", "Partitions assigned but not being read yet"),
}


class LaneMetrics:
    """Implements `stream.runtime.concurrent.Observer`.

    Args:
        registry: where the metrics are told.
        clock: seconds since 1970.
    """

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lanes: set[str] = set()
        self._tallies = Counter(
            "sluice_lane_events_total", "What happened in a lane", ["lane", "event"], registry=registry
        )
        self._endings = Histogram(
            "sluice_lane_window_seconds",
            "Time of an item in the window, by how it left",
            ["lane", "ending"],
            registry=registry,
            buckets=ITEM,
        )
        self._gauges = {
            field: Gauge(name, about, ["lane"], registry=registry) for field, (name, about) in _GAUGES.items()
        }
        self._oldest_record = Gauge(
            "sluice_lane_oldest_record_age_seconds",
            "Age of the oldest record not done; 0 with none. Alert when it nears the topic's retention",
            ["lane"],
            registry=registry,
        )

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        self._begin(lane)
        self._tallies.labels(lane, what.value).inc(count)

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        self._begin(lane)
        self._endings.labels(lane, ending.value).observe(seconds)

    def levels(self, lane: str, levels: Levels) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        self._begin(lane)
        for field, gauge in self._gauges.items():
            gauge.labels(lane).set(getattr(levels, field))
        oldest = levels.oldest_timestamp
        self._oldest_record.labels(lane).set(max(0.0, self._clock() - oldest / 1_000) if oldest >= 0 else 0)

    def _begin(self, lane: str) -> None:
        """Let every series of a lane exist with a zero, from the first that is heard of it."""
        if lane in self._lanes:
            return
        self._lanes.add(lane)
        for what in Tally:
            self._tallies.labels(lane, what.value)
        for ending in Ending:
            self._endings.labels(lane, ending.value)
