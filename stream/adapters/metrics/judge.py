"""What the judge tells Prometheus."""

import logging
import time
from collections.abc import Callable
from itertools import product

from prometheus_client import Counter, Histogram, Info

from stream.adapters.metrics.buckets import CASE
from stream.adapters.metrics.engine import EngineCollector
from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.saturation import Saturation
from stream.adapters.metrics.words import OTHER, Words
from stream.core.canary import Fate
from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Lapse
from stream.core.terms import Effort
from stream.ports import Engine
from stream.runtime.concurrent import Levels, Tally

_log = logging.getLogger(__name__)

TOKENS = ("prompt", "cached", "output")
"""What tokens were: `cached` are those of the prompt that the prefix cache held."""


class JudgeMetrics(LaneMetrics):
    """Implements `stream.ports.JudgeObserver`, beside the concurrent runner's `Observer`.

    Args:
        clock: seconds; only differences mean anything.
    """

    LANES = ("judge-urgent", "judge-priority", "judge")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        registry = new_registry("judge")
        super().__init__(registry, self.LANES)
        self._saturation = Saturation(clock)
        self._checks = Words()
        self._names = Words()
        self._judged = Histogram(
            "sluice_judge_case_seconds",
            "From a case's opening to the judge's outcome, by what it proposed",
            ["proposal"],
            registry=registry,
            buckets=CASE,
        )
        self._prompt = Counter("sluice_judge_prompt_tokens_total", "Tokens of prompts", registry=registry)
        self._cached = Counter(
            "sluice_judge_cached_tokens_total",
            "Tokens of prompts that the prefix cache held",
            registry=registry,
        )
        self._output = Counter("sluice_judge_output_tokens_total", "Tokens of answers", registry=registry)
        self._cascade = Counter(
            "sluice_judge_cascade_tokens_total",
            "Tokens of questions by effort, by why they were put, and by what the tokens were",
            ["effort", "why", "what"],
            registry=registry,
        )
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
        self._text = Counter(
            "sluice_judge_text_bytes_total", "Text of the cases that the model answered", registry=registry
        )
        self._canaries = Counter(
            "sluice_judge_canaries_total",
            "Canaries that the model was asked about, by what it made of them",
            ["result"],
            registry=registry,
        )
        registry.register(self._saturation)
        self._engine = Info("sluice_judge_engine", "The engine in use", registry=registry)
        self._engine.info({"model": "none"})
        self._counts = EngineCollector()
        registry.register(self._counts)
        self._failed.labels(OTHER, OTHER)
        for result in PolicyResult:
            self._audited.labels(OTHER, result.value)
        for effort, why, what in product(Effort, Why, TOKENS):
            self._cascade.labels(effort.value, why.value, what)
        for lapse in Lapse:
            self._lapsed.labels(OTHER, lapse.value)
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
        counts = (usage.prompt, usage.cached, usage.output)
        for counter, what, count in zip(
            (self._prompt, self._cached, self._output), TOKENS, counts, strict=True
        ):
            counter.inc(count)
            self._cascade.labels(effort.value, why.value, what).inc(count)
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
        self._failed.labels(self._checks.of(check), self._names.of(policy)).inc()

    def audited(self, policy: str, result: PolicyResult) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._audited.labels(self._names.of(policy), result.value).inc()

    def lapsed(self, policy: str, what: Lapse) -> None:
        """See `stream.ports.JudgeObserver`; the first of a kind is logged."""
        self._lapsed.labels(self._names.of(policy), what.value).inc()
        if (policy, what) not in self._lapses:
            self._lapses.add((policy, what))
            _log.warning(
                "policy %s only recommends until it is calibrated again: its %s is not what was calibrated",
                policy,
                what,
            )

    def watch(self, engine: Engine) -> None:
        """Tell which engine answers, and what it counts of itself where it does."""
        self._engine.info({"model": engine.model})
        self._counts.watch(engine)
