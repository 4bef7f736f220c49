"""What may be said of removals or releases: a threshold from half of the rows, a bound from the rest. Pure.

A removal's mistake is one that people did not remove; its bound is on the share of mistakes among removals. A
release's mistake is a violation that would be shown; its bound is on the share of all violations.
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from stream.core.judgement import Stated
from stream.core.policy.calibration import Basis, Drawn, Evidence, Signal, value_of
from stream.ops.calibration.ranking import RESAMPLES, Ranking, best, rankings
from stream.ops.calibration.row import Row, Truth
from stream.ops.evaluation.statistics import at_most

LABELLED = 0.9
"""Of the cases drawn at random: where fewer have a person's label, the rest could hold what was missed."""
_MOST_ROWS = 10_000_000
_STEPS = 50
_ROOM = 0.8


class Direction(StrEnum):
    """What the model would do alone."""

    REMOVE = "remove"
    RELEASE = "release"


class Goal(Struct, frozen=True):
    """What is to be certified: at most this share of mistakes, with a chance of `alpha` to be wrong."""

    direction: Direction
    mistakes: Annotated[float, Meta(gt=0, lt=1)]
    alpha: float

    @property
    def confidence(self) -> float:
        """How sure a bound is."""
        return 1 - self.alpha

    @property
    def target(self) -> float:
        """As an operator gives it: a precision, or a miss rate."""
        return 1 - self.mistakes if self.direction is Direction.REMOVE else self.mistakes


class Claim(Struct, frozen=True, kw_only=True):
    """What one policy's rows say about one direction.

    Attributes:
        basis: what these answers were given under; of releases, their first question. None without rows.
        chose: the rows that chose; `certified` and `mistakes`: those that certify, and how many were wrong.
        bound: on the share of mistakes.
        kept: the share of what it would do alone that is above the threshold, of all rows with an answer.
        needed: about how many rows would certify, in both halves together; None where no number would.
        why_not: why nothing is certified; empty where it is.
    """

    goal: Goal
    drawn: Drawn = Drawn.RANDOM
    basis: Basis | None = None
    rankings: tuple[Ranking, ...] = ()
    signal: Signal | None = None
    at_least: float | None = None
    chose: int = 0
    certified: int = 0
    mistakes: int = 0
    bound: float = 1.0
    kept: float = 0.0
    needed: int | None = None
    why_not: str = ""

    @property
    def evidence(self) -> Evidence | None:
        """As a set would hold it; None where nothing is certified."""
        if self.why_not or self.basis is None:
            return None
        removes = self.goal.direction is Direction.REMOVE
        least, stated = self.at_least, self.signal is Signal.STATED
        return Evidence(
            template=self.basis.template,
            model=self.basis.model,
            effort=self.basis.effort,
            target=round(self.goal.target, 6),
            bound=_outward(1 - self.bound if removes else self.bound, down=removes),
            confidence=_outward(self.goal.confidence, down=True),
            rows=self.certified,
            mistakes=self.mistakes,
            drawn=self.drawn,
            signal=self.signal,
            at_least=list(Stated)[round(least)] if least is not None and stated else least,
        )


def claim(rows: Sequence[Row], goal: Goal, resamples: int = RESAMPLES) -> Claim:
    """Choose signal and threshold on one half of a policy's rows, and certify on the other.

    Args:
        rows: of one policy, any basis; those of the commonest one count.
        goal: what is to be certified.
        resamples: for the intervals of the rankings.
    """
    pool, drawn = _pool(rows, goal)
    plain = Claim(goal=goal, drawn=drawn)
    if drawn is Drawn.RANDOM and goal.direction is Direction.RELEASE and (why := _unlabelled(rows)):
        return _refused(plain, why)
    basis = _commonest(pool, goal)
    if basis is None:
        return _refused(plain, "no such answer has a person's label", needed=_needed(goal, 0.0))
    pool = [row for row in pool if _basis_of(row, goal) == basis]
    choosing = [row for row in pool if row.chooses]
    acting = [row for row in choosing if _acts(row, goal)]
    ranked = rankings(acting, lambda row: _mistaken(row, goal), resamples)
    signal, least = _threshold(choosing, best(ranked), goal)
    counted = [row for row in pool if not row.chooses and _counts(row, goal, signal, least)]
    mistakes = sum(_slips(row, goal, signal, least) for row in counted)
    found = Claim(
        goal=goal,
        drawn=drawn,
        basis=basis,
        rankings=tuple(ranked),
        signal=signal,
        at_least=least,
        chose=sum(_counts(row, goal, signal, least) for row in choosing),
        certified=len(counted),
        mistakes=mistakes,
        bound=at_most(mistakes, len(counted), goal.confidence),
        kept=_kept(pool, goal, signal, least),
    )
    if found.bound <= goal.mistakes:
        return found
    rate = _rate(choosing, goal, signal, least)
    needed = _needed(goal, rate)
    why = "too few rows" if needed is not None else f"too many mistakes: {rate:.1%} of the rows that choose"
    return _refused(found, why, needed=needed)


def _pool(rows: Sequence[Row], goal: Goal) -> tuple[list[Row], Drawn]:
    """The rows that can bear the claim. What was flagged holds no release; removals it may hold all of."""
    random = [row for row in rows if row.random and row.is_labelled]
    if goal.direction is Direction.RELEASE:
        return random, Drawn.RANDOM
    removals = sum(_acts(row, goal) and not row.chooses for row in random)
    if removals >= _fewest(goal):
        return random, Drawn.RANDOM
    return [row for row in rows if row.flagged and row.is_labelled], Drawn.FLAGGED


def _unlabelled(rows: Sequence[Row]) -> str:
    """Why the random draw does not stand for all; empty if it does."""
    drawn = [row for row in rows if row.random]
    labelled = sum(row.truth is not Truth.NOBODY for row in drawn)
    if drawn and labelled < LABELLED * len(drawn):
        decided = f"people have decided {labelled:,} of the {len(drawn):,} cases drawn at random"
        return f"{decided}, and {LABELLED:.0%} are needed"
    return ""


def _basis_of(row: Row, goal: Goal) -> Basis:
    return row.basis if goal.direction is Direction.REMOVE else row.first


def _commonest(pool: Sequence[Row], goal: Goal) -> Basis | None:
    """The basis of the most rows that count; by its own words where two have as many."""
    counts: dict[Basis, int] = {}
    for row in pool:
        if _counts(row, goal, None, None) or _acts(row, goal):
            counts[_basis_of(row, goal)] = counts.get(_basis_of(row, goal), 0) + 1
    return max(counts, key=lambda one: (counts[one], str(one)), default=None)


def _acts(row: Row, goal: Goal, signal: Signal | None = None, least: float | None = None) -> bool:
    """Whether the model would do it alone, with this threshold."""
    if row.would.value != goal.direction.value:
        return False
    if signal is None or least is None:
        return True
    value = value_of(row.confidence, signal)
    return value is not None and value >= least


def _mistaken(row: Row, goal: Goal) -> bool:
    return row.truth is not Truth.REMOVED if goal.direction is Direction.REMOVE else row.violates


def _counts(row: Row, goal: Goal, signal: Signal | None, least: float | None) -> bool:
    """Whether a row is one of those whose share of mistakes is bounded: a removal, or a violation."""
    return _acts(row, goal, signal, least) if goal.direction is Direction.REMOVE else row.violates


def _slips(row: Row, goal: Goal, signal: Signal | None, least: float | None) -> bool:
    return _acts(row, goal, signal, least) and _mistaken(row, goal)


def _threshold(rows: Sequence[Row], signal: Signal | None, goal: Goal) -> tuple[Signal | None, float | None]:
    """The lowest threshold that these rows would certify with room to spare; else the one that comes nearest.

    The other half differs by chance: what only just does here fails there half of the time.
    """
    steps: list[float | None] = [None, *_steps(rows, signal, goal)]
    nearest: tuple[float, float | None] = (math.inf, None)
    for least in steps:
        counted = [row for row in rows if _counts(row, goal, signal, least)]
        slips = sum(_slips(row, goal, signal, least) for row in counted)
        bound = at_most(slips, len(counted), goal.confidence)
        if bound < nearest[0]:
            nearest = bound, least
        if bound <= _ROOM * goal.mistakes:
            break
    return (signal, nearest[1]) if nearest[1] is not None else (None, None)


def _steps(rows: Sequence[Row], signal: Signal | None, goal: Goal) -> list[float]:
    """Thresholds to try, ascending: the values that occur, thinned out where they are many."""
    if signal is None:
        return []
    given = (value_of(row.confidence, signal) for row in rows if _acts(row, goal))
    values = sorted({round(value, 9) for value in given if value is not None})
    return values[:: math.ceil(len(values) / _STEPS)] if values else []


def _rate(rows: Sequence[Row], goal: Goal, signal: Signal | None, least: float | None) -> float:
    counted = [row for row in rows if _counts(row, goal, signal, least)]
    return sum(_slips(row, goal, signal, least) for row in counted) / max(1, len(counted))


def _kept(pool: Sequence[Row], goal: Goal, signal: Signal | None, least: float | None) -> float:
    acting = [row for row in pool if _acts(row, goal)]
    return sum(_acts(row, goal, signal, least) for row in acting) / max(1, len(acting))


def _fewest(goal: Goal) -> int:
    """Rows without a mistake that would certify."""
    return math.ceil(math.log(goal.alpha) / math.log(1 - goal.mistakes))


def _needed(goal: Goal, rate: float) -> int | None:
    """About how many rows would certify, in both halves, if mistakes stay as frequent; None if none would."""
    if rate >= goal.mistakes:
        return None
    fewest = _fewest(goal)
    while fewest < _MOST_ROWS and at_most(math.ceil(rate * fewest), fewest, goal.confidence) > goal.mistakes:
        fewest = math.ceil(1.1 * fewest)
    return 2 * fewest if fewest < _MOST_ROWS else None


def _refused(plain: Claim, why: str, needed: int | None = None) -> Claim:
    return replace(plain, why_not=why, needed=needed)


def _outward(share: float, *, down: bool) -> float:
    """To four places, never better than it is."""
    return (math.floor if down else math.ceil)(share * 10_000) / 10_000
