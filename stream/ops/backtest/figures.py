"""What the counts allow to be said: shares with intervals, chance, cost. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.ops.backtest.comparison import Cited, Comparison, Move, Shift
from stream.ops.evaluation.statistics import CONFIDENCE, Interval, chance, interval

LEVEL = 1 - CONFIDENCE
"""How often chance alone may be taken for a change, over all rows of a table together."""
_LEAST = 0.0001
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
    """One kind of posts: how many the candidate treats otherwise, and whether that may be chance.

    Attributes:
        stricter, milder: how many it treats so.
        share: which part of the posts changes, with 95% confidence.
        chance: the p-value: were a change as likely stricter as milder, how often luck alone would split
            them so unevenly (McNemar's exact test).
        clear: whether it is no luck, with as many rows looked at as the table has.
    """

    name: str
    posts: int
    stricter: int
    milder: int
    share: Interval
    chance: float
    clear: bool

    @property
    def said(self) -> str:
        """In one word for a table."""
        return "yes" if self.clear else "no"


class CitedRow(Row, frozen=True, kw_only=True):
    """Posts that a policy or a clause is held against under either set.

    Attributes:
        today, candidate: under this set.
        gained, lost: under the candidate alone, under today's alone.
    """

    today: int
    candidate: int
    gained: int
    lost: int


def shift_rows(shifts: Mapping[str, Shift]) -> list[Row]:
    """A row for each kind of posts, the largest first."""
    ordered = sorted(shifts.items(), key=lambda item: (-item[1].posts, item[0]))
    return [Row(**_measured(name, shift, len(ordered))) for name, shift in ordered]


def cited_rows(counts: Mapping[str, Cited]) -> list[CitedRow]:
    """A row for each policy or clause whose posts change, or are not the same, the most changed first."""
    parted = [(name, one) for name, one in counts.items() if one.changed or one.gained or one.lost]
    ordered = sorted(parted, key=lambda item: (-item[1].changed, -item[1].gained - item[1].lost, item[0]))
    return [
        CitedRow(
            **_measured(name, one, len(ordered)),
            today=one.today,
            candidate=one.candidate,
            gained=one.gained,
            lost=one.lost,
        )
        for name, one in ordered
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
    """A p-value in few digits: `0.031`, `<0.0001`."""
    return f"{chance:.2g}" if chance >= _LEAST else f"<{_LEAST:.4f}"


def percent(share: Interval) -> str:
    """An interval with enough digits for small shares: `0.41-0.92%`."""
    return f"{100 * share.low:.2f}-{100 * share.high:.2f}%"


def _measured(name: str, shift: Shift, rows: int) -> dict[str, Any]:
    """A row's fields, in a table of so many."""
    likely = chance(shift.stricter, shift.milder)
    return {
        "name": name,
        "posts": shift.posts,
        "stricter": shift.stricter,
        "milder": shift.milder,
        "share": interval(shift.changed, shift.posts),
        "chance": likely,
        "clear": likely * rows < LEVEL,
    }
