"""What the gate tells Prometheus.

Events are counted in plain integers and told when Prometheus asks: at fifty thousand events a second, a
counter of the client library costs more than the event's own step.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence

from prometheus_client import Counter, Histogram
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.metrics.buckets import CASE
from stream.adapters.metrics.control import ControlMetrics
from stream.adapters.metrics.pacing import Pacing
from stream.adapters.metrics.policies import PolicyMetrics
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.transactions import TransactionMetrics
from stream.adapters.metrics.words import OTHER, Words
from stream.core.errors import Poison
from stream.core.terms import DecidedBy, Decision
from stream.runtime.transactional import Levels

log = logging.getLogger(__name__)

_DROPPED = "dropped:"
_URGENT = ("asked", "overdue")
_STEPS = (
    "held", "repeat", "deleted", "unreadable", "watched", "counted", "joined", "requested", "not_visible",
    "appealed", "to_people", "urgent", "closed", "release", "remove", "removed", "stale", "unseen", "final",
    "overdue", "later", "forgotten",
)  # fmt: skip
_REASONS = (
    "closed", "version", "with_people", "undecided", "effort", "anonymous", "same_decider", "no_digest",
    "deleted", "stale", "unseen",
)  # fmt: skip


class GateSteps(Collector):
    """Counts of the lifecycle's steps, by their notes."""

    def __init__(self) -> None:
        self.text = 0
        self.notes = dict.fromkeys([*_STEPS, *(_DROPPED + reason for reason in _REASONS)], 0)

    def collect(self) -> Iterator[Metric]:
        """The counts now."""
        arrived = CounterMetricFamily(
            "sluice_gate_arrived_text_bytes", "Text of the cases that were given to machines", self.text
        )
        steps = CounterMetricFamily("sluice_gate_steps", "Events, by what they did", labels=["step"])
        dropped = CounterMetricFamily(
            "sluice_gate_dropped_outcomes", "Outcomes that did not apply, by reason", labels=["reason"]
        )
        for note, count in self.notes.copy().items():
            if note.startswith(_DROPPED):
                dropped.add_metric([note.removeprefix(_DROPPED)], count)
            else:
                steps.add_metric([note or "none"], count)
        yield from (arrived, steps, dropped)


class GateMetrics(TransactionMetrics):
    """Implements `stream.ports.GateObserver`, beside the runner's observer.

    Attributes:
        policies: the set in force; to be told which one.
        control: what operators told; to be told by which desk.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        registry = new_registry("gate")
        super().__init__(registry)
        self._pacing = Pacing(clock)
        self.policies = PolicyMetrics()
        registry.register(self.policies)
        self.control = ControlMetrics()
        registry.register(self.control)
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
        self._urgent = Counter(
            "sluice_gate_urgent_tasks_total",
            "Tasks put before people where a life may be in danger: new, or overdue and told again",
            ["event"],
            registry=registry,
        )
        self._braked = Counter(
            "sluice_gate_braked_removals_total",
            "Removals by machines that went to people because there were too many, by policy",
            ["policy"],
            registry=registry,
        )
        self._policies_seen = Words()
        self._braked.labels(OTHER)
        for event in _URGENT:
            self._urgent.labels(event)
        for decision in (Decision.RELEASE, Decision.REMOVE):
            for by in DecidedBy:
                self._decided.labels(decision.value, by.value)

    def stepped(self, note: str, text: int = 0) -> None:
        """See `stream.ports.GateObserver`."""
        steps = self._steps
        steps.text += text
        steps.notes[note] = steps.notes.get(note, 0) + 1

    def decided(self, decision: str, by: str, seconds: float) -> None:
        """See `stream.ports.GateObserver`."""
        self._decided.labels(decision, by).observe(seconds)

    def urgent(self, overdue: bool) -> None:
        """See `stream.ports.GateObserver`."""
        self._urgent.labels(_URGENT[overdue]).inc()

    def braked(self, policies: Sequence[str], surface: str) -> None:
        """See `stream.ports.GateObserver`. The log says, once a minute at most, which surface it was."""
        for policy in policies:
            self._braked.labels(self._policies_seen.of(policy)).inc()
        if self._pacing.lets("the brake holds"):
            log.warning("the brake holds", extra={"policies": ", ".join(policies), "surface": surface})

    def levels(self, levels: Levels) -> None:
        """See `stream.runtime.transactional.Observer`."""
        super().levels(levels)

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
            "sluice_gate_dead_letters", "Records sent to the dead letters, by error", labels=["error"]
        )
        for error, count in self.counts.copy().items():
            told.add_metric([error], count)
        yield told
