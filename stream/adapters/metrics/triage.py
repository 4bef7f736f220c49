"""What triage tells Prometheus."""

from prometheus_client import Counter

from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.words import OTHER, Words
from stream.core.policy.policy_set import Lane


class TriageMetrics(LaneMetrics):
    """Implements `stream.ports.TriageObserver`, beside the concurrent runner's `Observer`."""

    LANES = ("triage",)

    def __init__(self) -> None:
        super().__init__(new_registry("triage"), self.LANES)
        self._reasons = Words()
        self._routed = Counter(
            "sluice_triage_routed_total", "Cases sent to the judge, by lane", ["lane"], registry=self.registry
        )
        self._escalated = Counter(
            "sluice_triage_escalated_total",
            "Cases sent to people without the judge, by reason",
            ["reason"],
            registry=self.registry,
        )
        self._escalated.labels(OTHER)
        for lane in Lane:
            self._routed.labels(lane.value)

    def routed(self, lane: str) -> None:
        """See `stream.ports.TriageObserver`."""
        self._routed.labels(lane).inc()

    def escalated(self, reason: str) -> None:
        """See `stream.ports.TriageObserver`."""
        self._escalated.labels(self._reasons.of(reason)).inc()
