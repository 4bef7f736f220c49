"""What of the judge's answers did not hold, and what the audit of the cascade found."""

from prometheus_client import CollectorRegistry, Counter

from stream.adapters.metrics.words import OTHER, Words
from stream.core.cascade import NOT_LOCAL
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse


class CheckMetrics:
    """Counts failed checks and audited releases by policy."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._checks = Words()
        self._policies = Words()
        self._audited = Counter(
            "sluice_judge_cascade_audited_answers_total",
            "Releases at less than high effort that were judged again at high effort, by policy and result",
            ["policy", "result"],
            registry=registry,
        )
        self._failed = Counter(
            "sluice_judge_failed_checks_total",
            "Answers that did not pass a check, by check and policy",
            ["check", "policy"],
            registry=registry,
        )
        self._lapsed = Counter(
            "sluice_judge_calibration_lapsed_answers_total",
            "Answers that only recommend what their policy was granted, by what is not as calibrated",
            ["policy", "what"],
            registry=registry,
        )
        self._lapses: set[tuple[str, Lapse]] = set()
        for lapse in Lapse:
            self._lapsed.labels(OTHER, lapse.value)
        for check in (OTHER, NOT_LOCAL):
            self._failed.labels(check, OTHER)
        for result in PolicyResult:
            self._audited.labels(OTHER, result.value)

    def failed(self, check: str, policy: str) -> None:
        """Count an answer that did not pass a check."""
        self._failed.labels(self._checks.of(check), self._policies.of(policy)).inc()

    def audited(self, policy: str, result: PolicyResult) -> None:
        """Count a release that was judged again."""
        self._audited.labels(self._policies.of(policy), result.value).inc()

    def lapsed(self, policy: str, what: Lapse) -> bool:
        """Count an answer that only recommends; returns whether it is the first of its kind."""
        self._lapsed.labels(self._policies.of(policy), what.value).inc()
        first = (policy, what) not in self._lapses
        self._lapses.add((policy, what))
        return first
