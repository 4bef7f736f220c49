"""What a trial came to for one policy."""

from msgspec import Struct

from stream.core.judgement import Judgement
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.golden import Figures, GoldenCase
from stream.processors.judge.answers import Asked


class Result(Struct, frozen=True):
    """How one policy did: its figures, and what they lack by the set's thresholds.

    Attributes:
        cases: those that were asked about.
        judgements: the one that counts of each, in the same order.
        asked: the question that it answers; None where none was put.
        outside: how many cases were not asked about, as the set does not take their language.
    """

    policy: Policy
    cases: tuple[GoldenCase, ...]
    judgements: tuple[Judgement, ...]
    figures: Figures
    shortfalls: tuple[str, ...]
    asked: tuple[Asked | None, ...] = ()
    outside: int = 0

    @property
    def results(self) -> list[PolicyResult]:
        """What each case came to."""
        return [judgement.result for judgement in self.judgements]
