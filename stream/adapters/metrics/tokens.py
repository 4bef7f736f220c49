"""What the judge's answers cost, in tokens."""

from itertools import product

from prometheus_client import CollectorRegistry, Counter

from stream.core.cascade import Why
from stream.core.judgement import Usage
from stream.core.terms import Effort

KINDS = ("prompt", "cached", "output")
"""What tokens were: `cached` are those of the prompt that the prefix cache held."""


class TokenMetrics:
    """Counts the tokens of every answer, and by effort and why it was asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        prompt = Counter("sluice_judge_prompt_tokens_total", "Tokens of prompts", registry=registry)
        cached = Counter(
            "sluice_judge_cached_tokens_total",
            "Tokens of prompts that the prefix cache held",
            registry=registry,
        )
        output = Counter("sluice_judge_output_tokens_total", "Tokens of answers", registry=registry)
        self._all = (prompt, cached, output)
        self._cascade = Counter(
            "sluice_judge_cascade_tokens_total",
            "Tokens of questions by effort, by why they were put, and by what the tokens were",
            ["effort", "why", "what"],
            registry=registry,
        )
        for effort, why, what in product(Effort, Why, KINDS):
            self._cascade.labels(effort.value, why.value, what)

    def used(self, usage: Usage, effort: Effort, why: Why) -> None:
        """Count one answer's."""
        counts = (usage.prompt, usage.cached, usage.output)
        for counter, what, count in zip(self._all, KINDS, counts, strict=True):
            counter.inc(count)
            self._cascade.labels(effort.value, why.value, what).inc(count)
