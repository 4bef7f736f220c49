"""What the gate tells Prometheus.

Events are counted in plain integers and told when Prometheus asks: at fifty thousand events a second, a
counter of the client library costs more than the event's own step.
"""

from collections.abc import Iterator

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.metrics.buckets import CASE
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.transactions import TransactionMetrics
from stream.core.errors import Poison
from stream.core.terms import DecidedBy, Decision

_DROPPED = "dropped:"
_STEPS = (
    "held", "repeat", "deleted", "unreadable", "watched", "counted", "joined", "not_visible", "appealed",
    "to_people", "closed", "release", "remove", "overdue", "forgotten",
)  # fmt: skip
_REASONS = (
    "closed", "version", "with_people", "undecided", "effort", "anonymous", "same_decider", "no_digest",
    "deleted", "stale", "unseen",
)  # fmt: skip


class GateSteps(Collector):
    """Counts of the lifecycle's steps, by their notes."""

    def __init__(self) -> None:
        self.notes = dict.fromkeys([*_STEPS, *(_DROPPED + reason for reason in _REASONS)], 0)

    def collect(self) -> Iterator[Metric]:
        """The counts now."""
        held = CounterMetricFamily("sluice_gate_held_total", "Versions held the moment they came")
        steps = CounterMetricFamily("sluice_gate_steps_total", "Events, by what they did", labels=["step"])
        dropped = CounterMetricFamily(
            "sluice_gate_dropped_outcomes_total", "Outcomes that did not apply, by reason", labels=["reason"]
        )
        notes = self.notes.copy()
        held.add_metric((), notes["held"])
        for note, count in notes.items():
            if note.startswith(_DROPPED):
                dropped.add_metric([note.removeprefix(_DROPPED)], count)
            else:
                steps.add_metric([note or "none"], count)
        yield from (held, steps, dropped)


class GateMetrics(TransactionMetrics):
    """Implements `stream.ports.GateObserver`, beside the runner's observer.

    Attributes:
        registry: what the page serves.
    """

    def __init__(self) -> None:
        self.registry = registry = new_registry("gate")
        super().__init__(registry)
        self._steps = GateSteps()
        registry.register(self._steps)
        self._dead = DeadLetters()
        registry.register(self._dead)
        self._decided = Histogram(
            "sluice_gate_case_seconds",
            "From a case's opening to the verdict that closed it, by decision and by whom",
            ["decision", "by"],
            registry=registry,
            buckets=CASE,
        )
        for decision in (Decision.RELEASE, Decision.REMOVE):
            for by in DecidedBy:
                self._decided.labels(decision.value, by.value)

    def stepped(self, note: str) -> None:
        """See `stream.ports.GateObserver`."""
        notes = self._steps.notes
        notes[note] = notes.get(note, 0) + 1

    def decided(self, decision: str, by: str, seconds: float) -> None:
        """See `stream.ports.GateObserver`."""
        self._decided.labels(decision, by).observe(seconds)

    def refused(self, error: str) -> None:
        """See `stream.ports.GateObserver`."""
        self._dead.counts[error] = self._dead.counts.get(error, 0) + 1


class DeadLetters(Collector):
    """Counts of records that were given up on, by error."""

    def __init__(self) -> None:
        self.counts = {kind.__name__.lower(): 0 for kind in Poison.__subclasses__()}

    def collect(self) -> Iterator[Metric]:
        """The counts now."""
        told = CounterMetricFamily(
            "sluice_gate_dead_letters_total", "Records sent to the dead letters, by error", labels=["error"]
        )
        for error, count in self.counts.copy().items():
            told.add_metric([error], count)
        yield told
