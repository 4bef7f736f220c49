"""What triage tells of the operators' rules, read when Prometheus asks."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from stream.adapters.rules import LiveRules


class RuleMetrics(Collector):
    """Zeros until the rules are loaded; then how many there are, and their edits."""

    def __init__(self) -> None:
        self._rules: LiveRules | None = None

    def watch(self, rules: LiveRules) -> None:
        """Tell of these rules from now on."""
        self._rules = rules

    def collect(self) -> Iterator[Metric]:
        """The rules now."""
        rules = self._rules
        in_force, ended = rules.counts() if rules else (0, 0)
        yield GaugeMetricFamily("sluice_triage_in_force_rules", "Operators' rules in force", in_force)
        yield GaugeMetricFamily(
            "sluice_triage_expired_rules",
            "Rules that have ended, do nothing, and still stand in a file",
            ended,
        )
        yield CounterMetricFamily(
            "sluice_triage_rule_reloads",
            "Edits of the rules that came into force",
            rules.reloads if rules else 0,
        )
        yield CounterMetricFamily(
            "sluice_triage_rule_refusals",
            "Edits of the rules that were refused",
            rules.refused if rules else 0,
        )
        yield GaugeMetricFamily(
            "sluice_triage_rules_stale",
            "1 while the files hold an edit that was refused, and what was before it stays in force",
            bool(rules and rules.stale),
        )
        yield GaugeMetricFamily(
            "sluice_triage_unknown_policies",
            "Policies that rules add and the policy set lacks",
            len(rules.unknown) if rules else 0,
        )
