"""What every process tells of the policy set it works under, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.policies import LivePolicySet


class PolicyMetrics(Collector):
    """Zeros until the set is loaded; then its edits, its deadlines and its digest."""

    def __init__(self) -> None:
        self._policies: LivePolicySet | None = None

    def watch(self, policies: LivePolicySet) -> None:
        """Tell of this set from now on."""
        self._policies = policies

    def collect(self) -> Iterator[Metric]:
        """The set now."""
        policies = self._policies
        yield CounterMetricFamily(
            "sluice_policy_set_reloads",
            "Edits of the policy set that came into force",
            policies.reloads if policies else 0,
        )
        yield CounterMetricFamily(
            "sluice_policy_set_refusals",
            "Edits of the policy set that were refused",
            policies.refused if policies else 0,
        )
        yield GaugeMetricFamily(
            "sluice_policy_set_stale",
            "1 while the files hold an edit that was refused, and the set before it stays in force",
            bool(policies and policies.stale),
        )
        deadline = GaugeMetricFamily(
            "sluice_policy_set_deadline_seconds",
            "How long a case may take, by who has it; 0 until the set is loaded",
            labels=["stage"],
        )
        current = policies.current() if policies else None
        deadline.add_metric(["automatic"], current.terms.automatic / 1_000 if current else 0)
        deadline.add_metric(["people"], current.terms.people / 1_000 if current else 0)
        digest = current.digest if current else "none"
        yield deadline
        yield InfoMetricFamily("sluice_policy_set", "The policy set in force", {"digest": digest})
