"""Figures as the page shows them: cells with their intervals, bars, percentages."""

from stream.ops.evaluation.labelled.counts import Estimate
from stream.ops.report import Part, Share
from stream.ops.report.pictures import Bar

Section = tuple[str, tuple[Part, ...]]
"""A heading and what stands below it."""


def as_cell(one: Estimate) -> Share:
    """An estimate as the page shows it."""
    return Share(one.value, one.low, one.high)


def percent(one: Estimate) -> str:
    """`84%`, or a dash where there is nothing to share."""
    return "-" if one.value is None else f"{one.value:.0%}"


def bar(name: str, one: Estimate, group: str = "") -> Bar:
    """A share with its interval."""
    return Bar(name, one.value or 0.0, one.low, one.high, group)
