"""Two versions of a policy on the same golden cases, case by case."""

from collections.abc import Mapping

from msgspec import Struct

from stream.core.content import digest_of
from stream.core.policy import PolicyResult
from stream.core.policy.golden import GoldenCase
from stream.core.policy.grade import Grade, grade
from stream.ops.evaluation.statistics import chance
from stream.ops.policies.result import Result

Earlier = Mapping[str, PolicyResult]
"""What a policy's cases came to under another version, by `text_digest`."""


class Flip(Struct, frozen=True):
    """A case that two versions answer differently."""

    case: GoldenCase
    before: PolicyResult
    after: PolicyResult

    @property
    def was(self) -> Grade:
        """Whether the version before had it right."""
        return grade(self.case, self.before)

    @property
    def now(self) -> Grade:
        """Whether this one has."""
        return grade(self.case, self.after)

    @property
    def breaks(self) -> bool:
        """Whether a case that must pass was not wrong before, and is."""
        return self.case.must_pass and self.now is Grade.WRONG and self.was is not Grade.WRONG


class Comparison(Struct, frozen=True):
    """What changed between two versions.

    Attributes:
        compared: how many cases both have answered.
        flips: those with another answer, what breaks first.
        gained: how many only this version decides rightly.
        lost: how many only the one before did.
    """

    compared: int
    flips: tuple[Flip, ...]
    gained: int
    lost: int

    @property
    def chance(self) -> float:
        """How likely chance alone parts gains and losses so unevenly, by McNemar's exact test."""
        return chance(self.gained, self.lost)

    @property
    def broken(self) -> tuple[str, ...]:
        """The ids of the cases that must pass, did not fail before, and do."""
        return tuple(flip.case.id for flip in self.flips if flip.breaks)


def text_digest(case: GoldenCase) -> str:
    """Names what is asked about: a case whose text or thread has changed is another one."""
    return digest_of(case.text, case.thread)


def answers_of(result: Result) -> Earlier:
    """What each case came to, for a comparison with another version."""
    return dict(zip(map(text_digest, result.cases), result.results, strict=True))


def compare(earlier: Earlier, result: Result) -> Comparison:
    """Set this version's results beside those of another; cases that it did not answer are left out."""
    both = [
        Flip(case, earlier[digest], after)
        for case, after in zip(result.cases, result.results, strict=True)
        if (digest := text_digest(case)) in earlier
    ]
    return Comparison(
        compared=len(both),
        flips=tuple(sorted((one for one in both if one.before is not one.after), key=_gravest_first)),
        gained=sum(one.now is Grade.RIGHT and one.was is not Grade.RIGHT for one in both),
        lost=sum(one.was is Grade.RIGHT and one.now is not Grade.RIGHT for one in both),
    )


def _gravest_first(flip: Flip) -> tuple[bool, bool, str]:
    return not flip.breaks, flip.now is not Grade.WRONG, flip.case.id
