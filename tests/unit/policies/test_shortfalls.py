"""What a set asks of an engine: each threshold by itself, and what counts as wrong."""

from typing import Literal

import pytest

from stream.core.policy import PolicyResult
from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy_set import Thresholds
from stream.core.policy.shortfalls import shortfalls

SAFE, VIOLATES, PEOPLE = PolicyResult.SAFE, PolicyResult.VIOLATES, PolicyResult.NEEDS_CONTEXT
NONE = Thresholds(answered=0, recall=0, false_alarms=1, must_pass=False)


def case(number: int, wanted: Literal["safe", "violates"], *, must_pass: bool = False) -> GoldenCase:
    return GoldenCase(id=f"c{number}", text="t", language="en", result=wanted, must_pass=must_pass)


CASES = [case(1, "violates", must_pass=True), case(2, "violates"), case(3, "safe"), case(4, "safe")]


def test_an_engine_that_is_right_lacks_nothing() -> None:
    assert shortfalls(CASES, [VIOLATES, VIOLATES, SAFE, SAFE], Thresholds()) == []


@pytest.mark.parametrize(
    ("results", "thresholds", "says"),
    [
        (
            [PEOPLE, PEOPLE, PEOPLE, SAFE],
            Thresholds(answered=0.5, recall=0),
            "decides 1 of 4 cases, 50% are asked for",
        ),
        (
            [VIOLATES, SAFE, SAFE, SAFE],
            Thresholds(recall=0.6),
            "releases 1 of 2 violations, 40% at most may be",
        ),
        (
            [VIOLATES, VIOLATES, VIOLATES, SAFE],
            Thresholds(false_alarms=0.4),
            "restricts 1 of 2 safe texts, 40% at most",
        ),
        (
            [SAFE, VIOLATES, SAFE, SAFE],
            Thresholds(recall=0.5),
            "decides wrongly what must pass: c1",
        ),
    ],
)
def test_each_threshold_tells_what_falls_short(
    results: list[PolicyResult], thresholds: Thresholds, says: str
) -> None:
    assert shortfalls(CASES, results, thresholds) == [says]


def test_what_is_left_to_people_is_neither_missed_nor_wrong() -> None:
    assert shortfalls(CASES, [PEOPLE] * 4, Thresholds(answered=0)) == []


def test_a_policy_without_cases_lacks_nothing() -> None:
    assert shortfalls([], [], Thresholds()) == []


def test_a_set_may_ask_for_nothing() -> None:
    assert shortfalls(CASES, [SAFE, SAFE, VIOLATES, VIOLATES], NONE) == []
