"""What the judge's shadow tells Prometheus."""

from prometheus_client import Counter, Histogram

from stream.adapters.metrics.buckets import ITEM
from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.registry import new_registry
from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.terms import Effort

PASSED_OVER = ("canary", "narrower", "not_drawn", "people", "same_set", "unanswered", "unreadable")
"""Why a case was not judged in shadow."""
_TOKENS = ("prompt", "cached", "output")


class ShadowMetrics(LaneMetrics):
    """Implements `stream.ports.ShadowObserver`, beside the concurrent runner's `Observer`."""

    LANES = ("shadow",)

    def __init__(self) -> None:
        super().__init__(new_registry("shadow"), self.LANES)
        self._judged = Histogram(
            "sluice_shadow_judged_seconds",
            "Time that the engine took for a case, by what the candidate would have proposed",
            ["proposal"],
            registry=self.registry,
            buckets=ITEM,
        )
        self._tokens = Counter(
            "sluice_shadow_tokens_total",
            "Tokens of questions under the candidate, by what the tokens were",
            ["what"],
            registry=self.registry,
        )
        self._passed = Counter(
            "sluice_shadow_passed_over_total",
            "Cases that were read and not judged, by why",
            ["why"],
            registry=self.registry,
        )
        self._skipped = Counter(
            "sluice_shadow_skipped_records_total",
            "Records jumped over, so that the shadow never lags",
            registry=self.registry,
        )
        self._failed = Counter(
            "sluice_shadow_failed_checks_total",
            "Answers under the candidate that did not pass a check",
            registry=self.registry,
        )
        for proposal in Proposal:
            self._judged.labels(proposal.value)
        for what in _TOKENS:
            self._tokens.labels(what)
        for why in PASSED_OVER:
            self._passed.labels(why)

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:  # noqa: ARG002 - the port's
        """See `stream.ports.JudgeObserver`."""
        self._judged.labels(proposal).observe(seconds)

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:  # noqa: ARG002 - the port's
        """See `stream.ports.JudgeObserver`."""
        for what, count in zip(_TOKENS, (usage.prompt, usage.cached, usage.output), strict=True):
            self._tokens.labels(what).inc(count)

    def failed(self, check: str, policy: str) -> None:  # noqa: ARG002 - the port's
        """See `stream.ports.JudgeObserver`."""
        self._failed.inc()

    def passed_over(self, why: str) -> None:
        """See `stream.ports.ShadowObserver`."""
        self._passed.labels(why).inc()

    def skipped(self, records: int) -> None:
        """Records were jumped over."""
        self._skipped.inc(records)

    def canary(self, fate: str) -> None:
        """Canaries are passed over."""

    def audited(self, policy: str, result: PolicyResult) -> None:
        """Nothing is audited in shadow."""

    def lapsed(self, policy: str, what: Lapse) -> None:
        """A candidate's calibration is looked at when it is promoted."""

    def unanswerable(self, reason: str) -> None:
        """It is among the failed checks."""
