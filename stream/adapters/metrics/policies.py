"""What every process tells of the policy set it works under, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.policies import PolicySetInForce

_SOURCES = ("folder", "control")


class PolicyMetrics(Collector):
    """Zeros until the set is loaded; then its edits and promotions, its deadlines, digest and source."""

    def __init__(self) -> None:
        self._policies: PolicySetInForce | None = None

    def watch(self, policies: PolicySetInForce) -> None:
        """Tell of this set from now on."""
        self._policies = policies

    def collect(self) -> Iterator[Metric]:
        """The set now."""
        policies = self._policies
        yield from self._edits()
        deadline = GaugeMetricFamily(
            "sluice_policy_set_deadline_seconds",
            "How long a case may take, by who has it; 0 until the set is loaded",
            labels=["stage"],
        )
        current = policies.current() if policies else None
        deadline.add_metric(["automatic"], current.terms.automatic / 1_000 if current else 0)
        deadline.add_metric(["people"], current.terms.people / 1_000 if current else 0)
        digest = current.digest if current else "none"
        source = policies.source if policies else "none"
        yield deadline
        yield InfoMetricFamily(
            "sluice_policy_set", "The policy set in force", {"digest": digest, "source": source}
        )

    def _edits(self) -> Iterator[Metric]:
        reloads = CounterMetricFamily(
            "sluice_policy_set_reloads",
            "Edits of the folder, and promotions, that were taken up",
            labels=["source"],
        )
        refusals = CounterMetricFamily(
            "sluice_policy_set_refusals",
            "Edits of the folder, and promotions, that were refused",
            labels=["source"],
        )
        stale = GaugeMetricFamily(
            "sluice_policy_set_stale",
            "1 while the last edit or promotion is refused, and the set before it stays",
            labels=["source"],
        )
        policies = self._policies
        told = (policies.folder, policies.promoted) if policies else (None, None)
        for name, source in zip(_SOURCES, told, strict=True):
            reloads.add_metric([name], source.reloads if source else 0)
            refusals.add_metric([name], source.refused if source else 0)
            stale.add_metric([name], bool(source and source.stale))
        yield from (reloads, refusals, stale)
