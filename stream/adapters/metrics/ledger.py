"""What the ledger tells Prometheus: its folds as they happen, and its last census."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import Counter, Gauge
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.metrics.health import Health
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.words import Words
from stream.core.errors import Poison
from stream.core.ledger import Summary
from stream.core.ledger.summary import UNROUTED, Waiting
from stream.core.terms import Stage

_STANDS = ("automatic", "people", "release", "remove", "deleted", "unknown")
_FOLDED = ("verdicts", "audit", "cases.review", "cases.review.restricted")


class LedgerMetrics:
    """Implements `stream.ports.LedgerObserver`.

    Attributes:
        registry: what the page serves.
        health: how the process is, as far as its worker tells.
    """

    def __init__(self) -> None:
        self.registry = registry = new_registry("ledger")
        self.health = Health("ledger")
        self._folded = Counter(
            "sluice_ledger_folded_total",
            "Records that changed an entry, by topic",
            ["topic"],
            registry=registry,
        )
        self._repeated = Counter(
            "sluice_ledger_repeated_total", "Records that were in their entry already", registry=registry
        )
        self._dead = Counter(
            "sluice_ledger_dead_letters_total",
            "Records sent to the dead letters, by error",
            ["error"],
            registry=registry,
        )
        self._behind = Gauge(
            "sluice_ledger_behind_offsets",
            "Offsets that were not folded yet, by topic; transactions' markers count until they are passed",
            ["topic"],
            registry=registry,
        )
        self._seconds = Gauge(
            "sluice_ledger_census_seconds", "How long the last look at all entries took", registry=registry
        )
        self._census = CensusCollector()
        registry.register(self._census)
        for topic in _FOLDED:
            self._folded.labels(topic)
            self._behind.labels(topic)
        for kind in Poison.__subclasses__():
            self._dead.labels(kind.__name__.lower())

    def folded(self, topic: str) -> None:
        """See `stream.ports.LedgerObserver`."""
        self._folded.labels(topic).inc()

    def repeated(self) -> None:
        """See `stream.ports.LedgerObserver`."""
        self._repeated.inc()

    def refused(self, error: str) -> None:
        """See `stream.ports.LedgerObserver`."""
        self._dead.labels(error).inc()

    def reported(self, obstacle: str, behind: Mapping[str, int]) -> None:
        """See `stream.ports.LedgerObserver`."""
        self.health.report("ledger", obstacle)
        for topic, offsets in behind.items():
            self._behind.labels(topic).set(offsets)

    def counted(self, summary: Summary, seconds: float) -> None:
        """See `stream.ports.LedgerObserver`."""
        self._census.last = summary
        self._seconds.set(seconds)


class CensusCollector(Collector):
    """Tells the last census of this worker's own entries; sum over workers for the whole."""

    def __init__(self) -> None:
        self.last = Summary()
        self._surfaces = Words()
        self._policies = Words()

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        last = self.last
        contents = GaugeMetricFamily(
            "sluice_ledger_contents", "Contents in the ledger, by where they stand", labels=["stands"]
        )
        for stands in _STANDS:
            contents.add_metric([stands], last.contents.get(stands, 0))
        labels = ["surface", "policy", "stage"]
        waiting = GaugeMetricFamily(
            "sluice_ledger_open_cases", "Open cases; under each policy", labels=labels
        )
        overdue = GaugeMetricFamily(
            "sluice_ledger_overdue_cases",
            "Open cases beyond their due time; under each policy",
            labels=labels,
        )
        oldest = GaugeMetricFamily(
            "sluice_ledger_oldest_case_seconds", "Age of the oldest open case, by its opening", labels=labels
        )
        for row in self._rows(last):
            of = (row.surface, row.policy, row.stage.value)
            waiting.add_metric(of, row.open)
            overdue.add_metric(of, row.overdue)
            oldest.add_metric(of, row.oldest_seconds)
        yield from (contents, waiting, overdue, oldest)
        yield GaugeMetricFamily(
            "sluice_ledger_late_cases", "Open cases beyond their due time, each counted once", last.overdue
        )

    def _rows(self, last: Summary) -> Iterable[Waiting]:
        """What waits, by few surfaces and policies; unrouted ones are there whether or not a case waits."""
        rows: dict[tuple[str, str, Stage], Waiting] = {}
        unrouted = (Waiting(surface=UNROUTED, policy=UNROUTED, stage=stage) for stage in Stage)
        for row in (*unrouted, *last.waiting.values()):
            of = (_few(self._surfaces, row.surface), _few(self._policies, row.policy), row.stage)
            rows.setdefault(of, Waiting(surface=of[0], policy=of[1], stage=of[2])).merge(row)
        return rows.values()


def _few(words: Words, name: str) -> str:
    return name if name == UNROUTED else words.of(name)
