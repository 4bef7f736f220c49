"""How an engine did on a policy's golden cases: as a whole, by clause and by language, with intervals."""

from collections.abc import Callable

from msgspec import Struct

from stream.core.policy.golden import Figures, GoldenCase, score
from stream.ops.evaluation.statistics import Interval, interval
from stream.ops.policies.result import Result

LEAST_CASES = 10
"""Of a language, for figures of its own: with fewer an interval spans nearly everything."""


class Rate(Struct, frozen=True):
    """A share as it was counted."""

    count: int
    of: int

    @property
    def interval(self) -> Interval:
        """Between which the true share lies, 19 times in 20."""
        return interval(self.count, self.of)

    def __str__(self) -> str:
        """`41 of 80 (40-62%)`."""
        return f"{self.count} of {self.of} ({self.interval})" if self.of else "-"


class Part(Struct, frozen=True):
    """Some of a policy's cases: of `name`, a clause, a language or the policy itself."""

    name: str
    figures: Figures

    @property
    def right(self) -> Rate:
        """Of all its cases, those decided as people did."""
        return Rate(self.figures.right, self.figures.cases)

    @property
    def missed(self) -> Rate:
        """Of what violates, what would be released."""
        return Rate(self.figures.missed, self.figures.always_violating)

    @property
    def false_alarms(self) -> Rate:
        """Of what is safe, what would be restricted."""
        return Rate(self.figures.false_alarms, self.figures.always_safe)

    @property
    def best_constant(self) -> int:
        """How many cases the better one of two constant answers gets right: always safe, always violating."""
        return max(self.figures.always_safe, self.figures.always_violating)

    @property
    def beats_constant(self) -> bool:
        """Whether it is better than any constant answer, as far as so many cases can tell."""
        share = self.best_constant / self.figures.cases if self.figures.cases else 1.0
        return self.right.interval.low > share


def whole(result: Result) -> Part:
    """All cases of a policy."""
    return Part(result.policy.id, result.figures)


def by_clause(result: Result) -> list[Part]:
    """For each clause the cases that it decides, and those just on the other side of it."""
    return [
        _part(result, clause, lambda case, clause=clause: clause in (case.clause, *case.near))  # type: ignore[misc]
        for clause in result.policy.clause_ids
    ]


def by_language(result: Result) -> list[Part]:
    """For each language that has enough cases; none where there is only one."""
    languages = sorted({case.language for case in result.cases})
    parts = [
        _part(result, language, lambda case, language=language: case.language == language)  # type: ignore[misc]
        for language in languages
    ]
    enough = [part for part in parts if part.figures.cases >= LEAST_CASES]
    return enough if len(languages) > 1 else []


def _part(result: Result, name: str, belongs: Callable[[GoldenCase], bool]) -> Part:
    pairs = [pair for pair in zip(result.cases, result.results, strict=True) if belongs(pair[0])]
    return Part(name, score([case for case, _ in pairs], [found for _, found in pairs]))
