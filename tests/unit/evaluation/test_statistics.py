"""Intervals and bounds, beside published figures."""

import pytest

from stream.ops.evaluation.statistics import at_most, chance, interval


def test_wilsons_interval_is_the_published_one() -> None:
    """Given 81 of 263 (Newcombe 1998, table I), when asked, then 0.2553 to 0.3662."""
    found = interval(81, 263)
    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)
    assert str(found) == "26-37%"


def test_no_misses_among_300_bound_the_rate_by_the_rule_of_three() -> None:
    """Given none of 300, when bounded, then about 3/300; given no cases, nothing is known."""
    assert at_most(0, 300) == pytest.approx(0.00994, abs=1e-5)
    assert at_most(0, 0) == 1
    assert interval(0, 0).high == 1


def test_a_change_that_chance_explains_is_told_from_one_that_it_does_not() -> None:
    """Given 5 to 5 and 10 to 0, when tested, then certain chance and 1/512."""
    assert chance(5, 5) == 1
    assert chance(10, 0) == pytest.approx(2 / 1024)
    assert chance(0, 0) == 1
