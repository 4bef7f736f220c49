"""What engines count of themselves, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.openai.stats import ServerStats
from stream.adapters.vllm.stats import EngineStats
from stream.ports import Engine

SECTIONS = ("judge.openai", "judge.openai_high")
"""The settings' sections that describe a server: each has its series from the start."""


class EngineCollector(Collector):
    """Tells the statistics of one engine, or of two that are asked as one; zeros where they keep none."""

    def __init__(self) -> None:
        self._engines: tuple[Engine, ...] = ()

    def watch(self, engine: Engine) -> None:
        """Tell of this engine from now on."""
        self._engines = getattr(engine, "engines", (engine,))

    @property
    def obstacle(self) -> str:
        """Why no model answers now; empty where one does."""
        if self._own.deaths > self._own.restarts:
            return "it died, and is being started again"
        away = [section for section, stats in self._servers.items() if stats.away]
        return f"the server of {away[0]} does not answer" if away else ""

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        own, servers = self._own, self._servers
        both: list[EngineStats | ServerStats] = [own, *servers.values()]
        yield GaugeMetricFamily(
            "sluice_engine_in_flight_questions",
            "Questions that the engine is working on",
            sum(stats.in_flight for stats in both),
        )
        yield CounterMetricFamily(
            "sluice_engine_answers", "Questions answered", sum(stats.answers for stats in both)
        )
        yield CounterMetricFamily(
            "sluice_engine_incomplete",
            "Answers cut off, or without a final channel",
            sum(stats.incomplete for stats in both),
        )
        yield CounterMetricFamily("sluice_engine_deaths", "Deaths of the engine", own.deaths)
        yield CounterMetricFamily("sluice_engine_restarts", "Restarts that succeeded", own.restarts)
        yield CounterMetricFamily(
            "sluice_engine_failed_restarts", "Restarts that failed", own.failed_restarts
        )
        yield from _of_servers(servers)

    @property
    def _own(self) -> EngineStats:
        kept = (getattr(engine, "stats", None) for engine in self._engines)
        return next((stats for stats in kept if isinstance(stats, EngineStats)), EngineStats())

    @property
    def _servers(self) -> dict[str, ServerStats]:
        servers = {section: ServerStats() for section in SECTIONS}
        for engine in self._engines:
            stats = getattr(engine, "stats", None)
            if isinstance(stats, ServerStats):
                servers[getattr(engine, "section", SECTIONS[0])] = stats
        return servers


def _of_servers(servers: dict[str, ServerStats]) -> Iterator[Metric]:
    label = ["server"]
    away = GaugeMetricFamily("sluice_engine_away_servers", "Model servers that are not asked", labels=label)
    limit = GaugeMetricFamily(
        "sluice_engine_limit_requests", "Requests that a model server is sent at once, at most", labels=label
    )
    openings = CounterMetricFamily(
        "sluice_engine_openings", "Times that asking a model server was stopped", labels=label
    )
    retries = CounterMetricFamily("sluice_engine_retries", "Requests sent again after a fault", labels=label)
    repairs = CounterMetricFamily("sluice_engine_repairs", "Answers of no form, asked again", labels=label)
    faults = CounterMetricFamily(
        "sluice_engine_faults", "Requests to a model server without an answer", labels=["server", "reason"]
    )
    for section, stats in servers.items():
        away.add_metric([section], stats.away)
        limit.add_metric([section], stats.limit)
        openings.add_metric([section], stats.openings)
        retries.add_metric([section], stats.retries)
        repairs.add_metric([section], stats.repairs)
        for reason, count in stats.faults.items():
            faults.add_metric([section, reason], count)
    yield from (away, limit, openings, retries, repairs, faults)
