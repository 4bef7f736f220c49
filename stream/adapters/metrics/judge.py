"""What the judge tells Prometheus."""

import logging
import time
from collections.abc import Callable

from prometheus_client import Counter, Histogram, Info

from stream.adapters.metrics.buckets import CASE
from stream.adapters.metrics.checks import CheckMetrics
from stream.adapters.metrics.engine import EngineCollector
from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.pacing import Pacing
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.saturation import Saturation
from stream.adapters.metrics.tokens import TokenMetrics
from stream.core.canary import Fate
from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.terms import Effort
from stream.ports import Engine
from stream.runtime.concurrent import Levels, Tally

log = logging.getLogger(__name__)


class JudgeMetrics(LaneMetrics):
    """Implements `stream.ports.JudgeObserver`, beside the concurrent runner's `Observer`.

    Args:
        clock: seconds; only differences mean anything.
    """

    LANES = ("judge-urgent", "judge-priority", "judge")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        registry = new_registry("judge")
        super().__init__(registry, self.LANES)
        self._judged = Histogram(
            "sluice_judge_case_seconds",
            "From a case's opening to the judge's outcome, by what it proposed",
            ["proposal"],
            registry=registry,
            buckets=CASE,
        )
        self._tokens = TokenMetrics(registry)
        self._checks = CheckMetrics(registry)
        self._text = Counter(
            "sluice_judge_text_bytes_total", "Text of the cases that the model answered", registry=registry
        )
        self._canaries = Counter(
            "sluice_judge_canaries_total",
            "Canaries that the model was asked about, by what it made of them",
            ["result"],
            registry=registry,
        )
        self._engine = Info("sluice_judge_engine", "The engine in use", registry=registry)
        self._engine.info({"model": "none"})
        self._pacing = Pacing(clock)
        self._saturation = Saturation(clock)
        self._counts = EngineCollector()
        for collector in (self._saturation, self._counts):
            registry.register(collector)
        for proposal in Proposal:
            self._judged.labels(proposal.value)
        for fate in Fate:
            self._canaries.labels(fate.value)

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._judged.labels(proposal).observe(seconds)
        self._text.inc(text)

    def canary(self, fate: str) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._canaries.labels(fate).inc()

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._tokens.used(usage, effort, why)
        self._saturation.answered(usage.prompt - usage.cached + usage.output)

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        super().tally(lane, what, count)
        if what is Tally.RETRIED:
            self._saturation.interrupted()

    def levels(self, lane: str, levels: Levels) -> None:
        """See `stream.runtime.concurrent.Observer`."""
        super().levels(lane, levels)
        self._saturation.looked(lane, full=levels.full)
        self.health.report("the model", self._counts.obstacle)

    def failed(self, check: str, policy: str) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._checks.failed(check, policy)

    def unanswerable(self, reason: str) -> None:
        """See `stream.ports.JudgeObserver`. The log gives each kind of reason once a minute at most."""
        if self._pacing.lets(reason):
            log.warning("a question that the engine can never answer", extra={"reason": reason})

    def audited(self, policy: str, result: PolicyResult) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._checks.audited(policy, result)

    def lapsed(self, policy: str, what: Lapse) -> None:
        """See `stream.ports.JudgeObserver`; the first of a kind is logged."""
        if self._checks.lapsed(policy, what):
            log.warning(
                "policy %s only recommends until it is calibrated again: its %s is not what was calibrated",
                policy,
                what,
            )

    def watch(self, engine: Engine) -> None:
        """Tell which engine answers, and what it counts of itself where it does."""
        self._engine.info({"model": engine.model})
        self._counts.watch(engine)
