"""What the judge tells Prometheus."""

import time
from collections.abc import Callable

from prometheus_client import Counter, Histogram, Info

from stream.adapters.metrics.buckets import CASE
from stream.adapters.metrics.engine import EngineCollector
from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.saturation import Saturation
from stream.adapters.metrics.words import OTHER, Words
from stream.core.outcome import Proposal
from stream.ports import Engine
from stream.runtime.concurrent import Levels, Tally


class JudgeMetrics(LaneMetrics):
    """Implements `stream.ports.JudgeObserver`, beside the concurrent runner's `Observer`.

    Args:
        clock: seconds; only differences mean anything.
    """

    LANES = ("judge-priority", "judge")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        registry = new_registry("judge")
        super().__init__(registry, self.LANES)
        self._saturation = Saturation(clock)
        self._checks = Words()
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
        self._failed = Counter(
            "sluice_judge_failed_checks_total",
            "Answers that did not pass a check, by check",
            ["check"],
            registry=registry,
        )
        self._text = Counter(
            "sluice_judge_text_bytes_total", "Text of the cases that the model answered", registry=registry
        )
        registry.register(self._saturation)
        self._engine = Info("sluice_judge_engine", "The engine in use", registry=registry)
        self._engine.info({"model": "none"})
        self._counts = EngineCollector()
        registry.register(self._counts)
        self._failed.labels(OTHER)
        for proposal in Proposal:
            self._judged.labels(proposal.value)

    def judged(self, proposal: str, seconds: float, text: int = 0) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._judged.labels(proposal).observe(seconds)
        self._text.inc(text)

    def used(self, prompt: int, cached: int, output: int) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._prompt.inc(prompt)
        self._cached.inc(cached)
        self._output.inc(output)
        self._saturation.answered(prompt - cached + output)

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

    def failed(self, check: str) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._failed.labels(self._checks.of(check)).inc()

    def watch(self, engine: Engine) -> None:
        """Tell which engine answers, and what it counts of itself where it does."""
        self._engine.info({"model": engine.model})
        self._counts.watch(engine)
