"""Figures of several rounds: the median with its spread, and the aims that they are held against. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import median
from typing import Any

from msgspec import Struct


class Spread(Struct, frozen=True):
    """The median of several rounds, with the least and the most of them."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """Sum up the rounds.

        Raises:
            ValueError: there were none.
        """
        rounds = sorted(values)
        if not rounds:
            raise ValueError("a spread of no rounds")
        return cls(median(rounds), rounds[0], rounds[-1])

    def overlaps(self, other: "Spread") -> bool:
        """Whether the two ranges have a value in common."""
        return self.low <= other.high and other.low <= self.high

    def shown(self, form: str = ",.1f") -> str:
        """For a table: `median (least - most)`."""
        return f"{self.middle:{form}} ({self.low:{form}} - {self.high:{form}})"


class Bound(StrEnum):
    """Which side of its limit an aim asks for."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


class Aim(Struct, frozen=True):
    """One thing that a bench must show, by the middle of its rounds."""

    what: str
    bound: Bound
    limit: float
    measured: Spread
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the middle keeps the limit."""
        if self.bound is Bound.AT_LEAST:
            return self.measured.middle >= self.limit
        return self.measured.middle <= self.limit

    def shown(self) -> tuple[str, str, str, str]:
        """What, limit, measured, and whether it is met: a row of a table."""
        unit = f" {self.unit}" if self.unit else ""
        form = ",.2f" if abs(self.limit) < 10 else ",.0f"
        limit = f"{self.bound} {self.limit:,.10g}{unit}"
        return self.what, limit, self.measured.shown(form) + unit, "met" if self.met else "MISSED"


class Table(Struct, frozen=True):
    """Figures by side: a heading for each column, and a row of text for each side."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Findings(Struct, frozen=True):
    """What one bench found.

    Attributes:
        conditions: what must be known to read the figures: acks, replication, counts, rounds.
        tables: the figures.
        aims: what they are held against.
        rounds: every round's raw figures.
        notes: what falls short, or cannot be compared, in plain words.
    """

    conditions: dict[str, str]
    tables: tuple[Table, ...]
    aims: tuple[Aim, ...]
    rounds: Sequence[Mapping[str, Any]]
    notes: tuple[str, ...] = ()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share (0 to 1) of the values lies, by nearest rank.

    Raises:
        ValueError: there are none.
    """
    if not values:
        raise ValueError("a percentile of no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ratios(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Round by round, one side's figure by the other's: what both suffered alike falls out."""
    return Spread.of(one / other for one, other in zip(above, below, strict=True))
