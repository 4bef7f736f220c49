"""What came of labelled texts, counted; and precision, recall and F1 from the counts, with 95% intervals."""

from msgspec import Struct

from stream.core.policy import PolicyResult
from stream.ops.evaluation.statistics import interval

_PEOPLE = (PolicyResult.NEEDS_CONTEXT, PolicyResult.FAILED)


class Estimate(Struct, frozen=True):
    """A share with its 95% interval, 0 to 1; `value` is None where there is nothing to share."""

    value: float | None
    low: float
    high: float
    count: int
    of: int

    def __str__(self) -> str:
        """`84% (71-92%)`."""
        if self.value is None:
            return "-"
        return f"{self.value:.0%} ({100 * self.low:.0f}-{100 * self.high:.0f}%)"


class Measures(Struct, frozen=True):
    """The standard measures of one set of counts; `false_flags` is the false positive rate."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    false_flags: Estimate


class Counts(Struct):
    """Texts by what people said (violates or safe) and by the policy's result."""

    caught: int = 0
    missed: int = 0
    violating_needs_context: int = 0
    violating_failed: int = 0
    false_flags: int = 0
    let_pass: int = 0
    safe_needs_context: int = 0
    safe_failed: int = 0

    def add(self, violates: bool, result: PolicyResult) -> None:
        """Count one text."""
        name = _FIELDS[violates, result]
        setattr(self, name, getattr(self, name) + 1)

    @property
    def violating(self) -> int:
        """Texts that violate, by people."""
        return self.caught + self.missed + self.violating_to_people

    @property
    def safe(self) -> int:
        """Texts that are safe, by people."""
        return self.false_flags + self.let_pass + self.safe_to_people

    @property
    def total(self) -> int:
        """All of them."""
        return self.violating + self.safe

    @property
    def violating_to_people(self) -> int:
        """Those that violate and that the engine left to people."""
        return self.violating_needs_context + self.violating_failed

    @property
    def safe_to_people(self) -> int:
        """Those that are safe and that the engine left to people."""
        return self.safe_needs_context + self.safe_failed

    @property
    def to_people(self) -> Estimate:
        """The share that the engine left to people."""
        return share(self.violating_to_people + self.safe_to_people, self.total)

    def measures(self, *, people_flag: bool = False) -> Measures:
        """Precision, recall, F1 and false flags.

        Args:
            people_flag: whether what was left to people counts as flagged; else it counts as not flagged.
        """
        caught = self.caught + people_flag * self.violating_to_people
        wrong = self.false_flags + people_flag * self.safe_to_people
        return Measures(
            precision=share(caught, caught + wrong),
            recall=share(caught, self.violating),
            f1=f1(caught, wrong, self.violating - caught),
            false_flags=share(wrong, self.safe),
        )

    def matrix(self) -> list[list[int]]:
        """Rows: violates, safe by people. Columns: violates, safe, needs context, failed by the engine."""
        return [
            [self.caught, self.missed, self.violating_needs_context, self.violating_failed],
            [self.false_flags, self.let_pass, self.safe_needs_context, self.safe_failed],
        ]


_FIELDS = {
    (True, PolicyResult.VIOLATES): "caught",
    (True, PolicyResult.SAFE): "missed",
    (True, PolicyResult.NEEDS_CONTEXT): "violating_needs_context",
    (True, PolicyResult.FAILED): "violating_failed",
    (False, PolicyResult.VIOLATES): "false_flags",
    (False, PolicyResult.SAFE): "let_pass",
    (False, PolicyResult.NEEDS_CONTEXT): "safe_needs_context",
    (False, PolicyResult.FAILED): "safe_failed",
}


def share(count: int, of: int) -> Estimate:
    """A share with Wilson's interval."""
    found = interval(count, of)
    return Estimate(count / of if of else None, found.low, found.high, count, of)


def f1(caught: int, wrong: int, missed: int) -> Estimate:
    """F1 with an interval.

    Of the texts that either side flags, those that both flag are a binomial share J, and F1 = 2J / (1 + J)
    grows with J: so the ends of Wilson's interval of J give the ends of F1's.
    """
    found = share(caught, caught + wrong + missed)
    value = None if found.value is None else _f1_of(found.value)
    return Estimate(value, _f1_of(found.low), _f1_of(found.high), found.count, found.of)


def is_peoples(result: PolicyResult) -> bool:
    """Whether a result leaves the text to people."""
    return result in _PEOPLE


def _f1_of(jaccard: float) -> float:
    return 2 * jaccard / (1 + jaccard)
