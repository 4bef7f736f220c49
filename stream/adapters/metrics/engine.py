"""What the in-process engine counts, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.vllm.stats import EngineStats
from stream.ports import Engine


class EngineCollector(Collector):
    """Tells an engine's statistics as they are at each scrape; zeros where it keeps none."""

    def __init__(self) -> None:
        self._stats = EngineStats()

    def watch(self, engine: Engine) -> None:
        """Tell of this engine from now on."""
        stats = getattr(engine, "stats", None)
        if isinstance(stats, EngineStats):
            self._stats = stats

    @property
    def away(self) -> bool:
        """Whether the engine died and is not back."""
        return self._stats.deaths > self._stats.restarts

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        stats = self._stats
        yield GaugeMetricFamily(
            "sluice_engine_in_flight_questions", "Questions that the engine is working on", stats.in_flight
        )
        yield CounterMetricFamily("sluice_engine_answers", "Questions answered", stats.answers)
        yield CounterMetricFamily(
            "sluice_engine_incomplete", "Answers cut off, or without a final channel", stats.incomplete
        )
        yield CounterMetricFamily("sluice_engine_deaths", "Deaths of the engine", stats.deaths)
        yield CounterMetricFamily("sluice_engine_restarts", "Restarts that succeeded", stats.restarts)
        yield CounterMetricFamily(
            "sluice_engine_failed_restarts", "Restarts that failed", stats.failed_restarts
        )
