"""What one evaluation came to, as a value: what the JSON holds and the page shows."""

from collections.abc import Mapping

from msgspec import Struct

from stream.core.judgement import Usage
from stream.ops.evaluation.labelled.classifier import Trained
from stream.ops.evaluation.labelled.counts import Counts, Estimate, Measures, share
from stream.ops.evaluation.labelled.durations import Quantile
from stream.ops.evaluation.labelled.parity import Parity, parity
from stream.ops.evaluation.labelled.signals import SignalFigures
from stream.ops.evaluation.labelled.tally import Tally

_QUANTILES = (0.5, 0.9, 0.95, 0.99)


class Setup(Struct, frozen=True):
    """What was measured with what.

    Attributes:
        no_evidence: why that says nothing about a model; empty if it does.
        of: rows in the file, where `rows` were drawn from more; else None.
    """

    data: str
    rows: int
    set: str
    digest: str
    engine: str
    model: str
    no_evidence: str = ""
    of: int | None = None

    @property
    def drawn(self) -> str:
        """Which rows were measured, in words."""
        if self.of is None or self.of <= self.rows:
            return f"{self.rows:,} rows"
        return (
            f"{self.rows:,} of {self.of:,} rows, drawn at random over the whole file: the same ones each time"
        )


class Prices(Struct, frozen=True):
    """Money for a million tokens, in the currency that was given."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """What these tokens cost; what a prefix cache held is charged as any other."""
        return (usage.prompt * self.input + usage.output * self.output) / 1e6


class Measured(Struct, frozen=True):
    """Counts and what follows from them, in both readings of what went to people.

    Attributes:
        flagged: what went to people counts as not flagged: what the engine alone catches.
        with_people: it counts as flagged: what is not released unseen.
    """

    counts: Counts
    to_people: Estimate
    flagged: Measures
    with_people: Measures


class Matrix(Struct, frozen=True):
    """Rows on which every policy is right, over those whose labels are all known.

    Attributes:
        exact: every policy decided, and rightly.
        with_people: nothing was decided wrongly; what went to people counts as right.
    """

    policies: tuple[str, ...]
    rows: int
    exact: Estimate
    with_people: Estimate
    to_people: Estimate
    always_safe: Estimate


class Cost(Struct, frozen=True):
    """Tokens and money. `paid` leaves out what was known from earlier runs or equal rows."""

    answers: int
    remembered: int
    usage: Usage
    paid: Usage
    money: float | None
    money_paid: float | None
    money_per_1000: float | None
    seconds: tuple[Quantile, ...]


class Result(Struct, frozen=True):
    """One evaluation."""

    setup: Setup
    overall: Measured
    unlabelled: int
    as_given: Measured | None
    by_policy: dict[str, Measured]
    by_language: dict[str, Measured]
    by_language_and_policy: dict[str, dict[str, Measured]]
    by_kind: dict[str, Measured]
    parity: dict[str, Parity]
    matrix: Matrix
    signals: tuple[SignalFigures, ...]
    failures: dict[str, int]
    obstacles: dict[str, int]
    proposals: dict[str, int]
    cost: Cost
    classifier: Trained | None


def result_of(setup: Setup, tally: Tally, classifier: Trained | None, prices: Prices | None) -> Result:
    """Put together what was counted."""
    by_language = _measured(tally.by_language)
    labelled = sum(counts.total for counts in tally.by_policy.values())
    figures = (signal.figures(labelled) for signal in tally.signals)
    return Result(
        setup=setup,
        overall=measured(tally.overall),
        unlabelled=tally.unlabelled,
        as_given=measured(tally.as_given) if tally.as_given.total else None,
        by_policy=_measured(tally.by_policy),
        by_language=by_language,
        by_language_and_policy={
            policy: _measured(counts) for policy, counts in tally.language_policy.items()
        },
        by_kind=_measured(tally.by_kind),
        parity=_parity(by_language),
        matrix=_matrix(tally),
        signals=tuple(found for found in figures if found is not None),
        failures=dict(tally.failures.most_common()),
        obstacles=dict(tally.obstacles.most_common()),
        proposals=dict(tally.proposals.most_common()),
        cost=_cost(tally, prices),
        classifier=classifier,
    )


def measured(counts: Counts) -> Measured:
    """Counts in both readings."""
    return Measured(counts, counts.to_people, counts.measures(), counts.measures(people_flag=True))


def _measured(counts: Mapping[str, Counts]) -> dict[str, Measured]:
    return {name: measured(one) for name, one in counts.items()}


def _parity(by_language: Mapping[str, Measured]) -> dict[str, Parity]:
    found = {
        "recall": parity(
            {name: one.flagged.recall for name, one in by_language.items()}, higher_is_better=True
        ),
        "false_flags": parity(
            {name: one.flagged.false_flags for name, one in by_language.items()}, higher_is_better=False
        ),
        "to_people": parity(
            {name: one.to_people for name, one in by_language.items()}, higher_is_better=False
        ),
    }
    return {name: one for name, one in found.items() if one is not None}


def _matrix(tally: Tally) -> Matrix:
    return Matrix(
        policies=tally.labelling.policies,
        rows=tally.complete,
        exact=share(tally.exact, tally.complete),
        with_people=share(tally.exact_with_people, tally.complete),
        to_people=share(tally.matrix_to_people, tally.complete),
        always_safe=share(tally.constant[False], tally.complete),
    )


def _cost(tally: Tally, prices: Prices | None) -> Cost:
    money = prices.of(tally.usage) if prices is not None else None
    quantiles = (tally.durations.quantile(quantile) for quantile in _QUANTILES)
    return Cost(
        answers=tally.answers,
        remembered=tally.remembered,
        usage=tally.usage,
        paid=tally.paid,
        money=money,
        money_paid=prices.of(tally.paid) if prices is not None else None,
        money_per_1000=None if money is None else 1_000 * money / max(1, tally.rows),
        seconds=tuple(found for found in quantiles if found is not None),
    )
