"""What the in-process engine counts, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.vllm.stats import EngineStats


class EngineCollector(Collector):
    """Tells an engine's statistics as they are at each scrape."""

    def __init__(self, stats: EngineStats) -> None:
        self._stats = stats

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        stats = self._stats
        yield GaugeMetricFamily("sluice_engine_in_flight", "Questions in the engine", stats.in_flight)
        yield CounterMetricFamily("sluice_engine_answers_total", "Questions answered", stats.answers)
        yield CounterMetricFamily(
            "sluice_engine_incomplete_total", "Answers cut off, or without a final channel", stats.incomplete
        )
        yield GaugeMetricFamily(
            "sluice_engine_cache_hit_share",
            "Share of all prompt tokens so far that the prefix cache held; 0 before the first answer",
            stats.cache_hit_share,
        )
        yield CounterMetricFamily("sluice_engine_deaths_total", "Deaths of the engine", stats.deaths)
        yield CounterMetricFamily("sluice_engine_restarts_total", "Restarts that succeeded", stats.restarts)
        yield CounterMetricFamily(
            "sluice_engine_failed_restarts_total", "Restarts that failed", stats.failed_restarts
        )
