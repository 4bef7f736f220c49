"""What triage tells Prometheus."""

from prometheus_client import Counter

from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.rules import RuleMetrics
from stream.adapters.metrics.words import OTHER, Words
from stream.core.policy.policy_set import Lane

MOST_RULES = 200
"""Rules with a series of their own; the hits of later ones are told together."""


class TriageMetrics(LaneMetrics):
    """Implements `stream.ports.TriageObserver`, beside the concurrent runner's `Observer`.

    Attributes:
        rules: the operators' rules; to be told which ones.
    """

    LANES = ("triage",)

    def __init__(self) -> None:
        super().__init__(new_registry("triage"), self.LANES)
        self._reasons = Words()
        self._rule_names = Words(MOST_RULES)
        self.rules = RuleMetrics()
        self.registry.register(self.rules)
        self._routed = Counter(
            "sluice_triage_routed_total", "Cases sent to the judge, by lane", ["lane"], registry=self.registry
        )
        self._escalated = Counter(
            "sluice_triage_escalated_total",
            "Cases sent to people without the judge, by reason",
            ["reason"],
            registry=self.registry,
        )
        self._ruled = Counter(
            "sluice_triage_rule_hits_total",
            "Cases that an operator's rule took, by rule",
            ["rule"],
            registry=self.registry,
        )
        self._escalated.labels(OTHER)
        self._ruled.labels(OTHER)
        for lane in Lane:
            self._routed.labels(lane.value)

    def routed(self, lane: str) -> None:
        """See `stream.ports.TriageObserver`."""
        self._routed.labels(lane).inc()

    def escalated(self, reason: str) -> None:
        """See `stream.ports.TriageObserver`."""
        self._escalated.labels(self._reasons.of(reason)).inc()

    def ruled(self, rule: str) -> None:
        """See `stream.ports.TriageObserver`."""
        self._ruled.labels(self._rule_names.of(rule)).inc()
