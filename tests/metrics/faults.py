"""What an expression asks for and no process tells."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry

from stream.adapters.metrics import BY_PROCESS
from tests.metrics.expressions import TARGET, Selector, groupings, selectors

FREE = {
    ("sluice_triage_escalated_total", "reason"),
    ("sluice_triage_rule_hits_total", "rule"),
    ("sluice_judge_failed_checks_total", "check"),
    ("sluice_judge_failed_checks_total", "policy"),
    ("sluice_judge_cascade_audited_answers_total", "policy"),
    ("sluice_policy_set_info", "digest"),
    ("sluice_policy_set_info", "source"),
}
"""Labels whose values are not known at the start."""


class Told:
    """Every series of every process, with the values of its labels, as they are right after the start."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, set[str]]] = {}
        for metrics in BY_PROCESS.values():
            self._add(metrics().registry)

    def _add(self, registry: CollectorRegistry) -> None:
        for family in registry.collect():
            for sample in family.samples:
                labels = self.values.setdefault(sample.name, {})
                for label, value in sample.labels.items():
                    labels.setdefault(label, set()).add(value)

    def faults(self, expression: str) -> list[str]:
        """What is wrong with an expression, in words; nothing for a good one."""
        asked = selectors(expression)
        found = [fault for selector in asked for fault in self._faults_of(selector)]
        known = TARGET | {label for one in asked for label in self.values.get(one.name, {})}
        found += [f"no metric here has the label {label}" for label in groupings(expression) - known]
        return found if asked else ["it asks for no metric"]

    def _faults_of(self, selector: Selector) -> Iterator[str]:
        labels = self.values.get(selector.name)
        if labels is None:
            yield f"no process tells {selector.name}"
            return
        for matcher in selector.matchers:
            if matcher.label in TARGET:
                continue
            if matcher.label not in labels:
                yield f"{selector.name} has no label {matcher.label}"
            elif (selector.name, matcher.label) not in FREE:
                for value in set(matcher.values) - labels[matcher.label]:
                    yield f"{selector.name} never has {matcher.label}={value}"
