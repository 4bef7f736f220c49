"""What the counts allow to be said: shares with intervals, chance, cost. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.ops.backtest.comparison import Comparison, Move, Pair, Shift
from stream.ops.evaluation.statistics import CONFIDENCE, Interval, chance, interval

LEVEL = 1 - CONFIDENCE
"""How often chance alone may be taken for a change, over all rows of a table together."""
_LEAST = 1e-99
_NAMES = {Proposal.RELEASE: "released", Proposal.REVIEW: "people", Proposal.REMOVE: "removed"}


class Prices(Struct, frozen=True):
    """What a million tokens cost, in any currency. Tokens from the prefix cache cost `cached`."""

    prompt: float
    output: float
    cached: float

    def of(self, usage: Usage) -> float:
        """What these tokens cost."""
        fresh = usage.prompt - usage.cached
        spent = fresh * self.prompt + usage.cached * self.cached + usage.output * self.output
        return spent / 1_000_000


class Row(Struct, frozen=True, kw_only=True):
    """One kind of posts: how many the sets part about, and whether that may be chance.

    Attributes:
        more: those that the candidate alone is stricter about (or holds something against).
        less: those that today's alone is.
        share: which part of the posts the sets part about, with 95% confidence.
        chance: how likely the changes part so unevenly by chance alone, by McNemar's exact test.
        clear: whether they still do not, with as many rows looked at as the table has.
    """

    name: str
    posts: int
    more: int
    less: int
    share: Interval
    chance: float
    clear: bool

    @property
    def said(self) -> str:
        """In one word for a table."""
        return "yes" if self.clear else "no"


def shift_rows(shifts: Mapping[str, Shift]) -> list[Row]:
    """A row for each kind of posts, the largest first."""
    ordered = sorted(shifts.items(), key=lambda item: (-item[1].posts, item[0]))
    return [_row(name, shift.posts, shift.stricter, shift.milder, len(ordered)) for name, shift in ordered]


def pair_rows(pairs: Mapping[str, Pair]) -> list[Row]:
    """A row for each policy or clause about which the sets part, the most changed first.

    `posts` are those that either set holds something against.
    """
    parted = {name: pair for name, pair in pairs.items() if pair.gained or pair.lost}
    ordered = sorted(parted.items(), key=lambda item: (-item[1].gained - item[1].lost, item[0]))
    return [
        _row(name, pair.today + pair.gained, pair.gained, pair.lost, len(ordered)) for name, pair in ordered
    ]


def whole_row(comparison: Comparison) -> Row:
    """All posts."""
    return shift_rows({"all": comparison.whole})[0]


def moved(move: Move) -> str:
    """A move in words: `released → removed`."""
    return f"{_NAMES[move[0]]} → {_NAMES[move[1]]}"


def named(proposal: Proposal) -> str:
    """What becomes of a post, in a word."""
    return _NAMES[proposal]


def extrapolated(share: Interval, posts: int) -> str:
    """How many posts of a whole window a share of a sample stands for: `1,010 to 1,500`."""
    return f"{share.low * posts:,.0f} to {share.high * posts:,.0f}"


def likelihood(chance: float) -> str:
    """A chance in few digits; one too small for a number is not called none."""
    return f"{chance:.2g}" if chance >= _LEAST else f"<{_LEAST:g}"


def percent(share: Interval) -> str:
    """An interval with enough digits for small shares: `0.41-0.92%`."""
    return f"{100 * share.low:.2f}-{100 * share.high:.2f}%"


def _row(name: str, posts: int, more: int, less: int, rows: int) -> Row:
    likely = chance(more, less)
    return Row(
        name=name,
        posts=posts,
        more=more,
        less=less,
        share=interval(more + less, posts),
        chance=likely,
        clear=likely * rows < LEVEL,
    )
