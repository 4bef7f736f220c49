"""What the judge tells Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

from stream.adapters.metrics.buckets import CASE
from stream.adapters.metrics.engine import EngineCollector
from stream.adapters.metrics.lanes import LaneMetrics
from stream.adapters.metrics.registry import new_registry
from stream.adapters.metrics.words import Words
from stream.adapters.vllm.stats import EngineStats
from stream.core.outcome import Proposal
from stream.ports import Engine


class JudgeMetrics(LaneMetrics):
    """Implements `stream.ports.JudgeObserver` and the concurrent runner's `Observer`.

    Attributes:
        registry: what the page serves.
    """

    def __init__(self) -> None:
        self.registry = registry = new_registry("judge")
        super().__init__(registry)
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
        self._engine = Gauge("sluice_judge_engine", "1 for the engine in use", ["model"], registry=registry)
        for proposal in Proposal:
            self._judged.labels(proposal.value)

    def judged(self, proposal: str, seconds: float) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._judged.labels(proposal).observe(seconds)

    def used(self, prompt: int, cached: int, output: int) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._prompt.inc(prompt)
        self._cached.inc(cached)
        self._output.inc(output)

    def failed(self, check: str) -> None:
        """See `stream.ports.JudgeObserver`."""
        self._failed.labels(self._checks.of(check)).inc()

    def watch(self, engine: Engine) -> None:
        """Tell which engine answers, and what it counts of itself where it does."""
        self._engine.labels(engine.model).set(1)
        stats = getattr(engine, "stats", None)
        if isinstance(stats, EngineStats):
            self.registry.register(EngineCollector(stats))
