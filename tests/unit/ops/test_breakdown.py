"""Figures of a trial by clause and by language, each with its interval and what a constant would score."""

from stream.ops.policies.breakdown import LEAST_CASES, Rate, by_clause, by_language, whole
from tests.unit.ops.trials import PEOPLE, SAFE, VIOLATES, case, result

CASES = [
    case("one", "violates", "RU1.a"),
    case("two", "violates", "RU1.a", near=("RS1",)),
    case("three", "safe", "RS1", near=("RU1.a",)),
    case("four", "safe"),
    case("five", "violates", "RU1.b"),
]


def test_a_clause_has_the_cases_that_it_decides_and_those_just_beyond_it() -> None:
    parts = {part.name: part for part in by_clause(result(CASES, [VIOLATES, SAFE, VIOLATES, SAFE, PEOPLE]))}

    insult = parts["RU1.a"]
    assert (insult.right, insult.missed, insult.false_alarms) == (Rate(1, 3), Rate(1, 2), Rate(1, 1))
    assert (insult.figures.always_safe, insult.figures.always_violating) == (1, 2)
    assert (parts["RS1"].figures.cases, parts["RS1"].figures.right) == (2, 0)
    assert (parts["RU1.b"].figures.cases, parts["RU1.b"].figures.decided) == (1, 0)


def test_a_rate_says_between_which_shares_the_true_one_lies() -> None:
    assert str(Rate(41, 80)) == "41 of 80 (40-62%)"
    assert str(Rate(0, 0)) == "-"


def test_only_what_beats_always_safe_and_always_violating_beyond_doubt_is_said_to() -> None:
    # Given half of the cases safe
    cases = [case(f"c{number}", "safe" if number % 2 else "violates", None) for number in range(60)]
    right = [SAFE if number % 2 else VIOLATES for number in range(60)]

    # Then an engine that is right beats both constants, and one that is right a little more often does not
    assert whole(result(cases, right)).beats_constant
    assert not whole(result(cases, [*right[:35], *[PEOPLE] * 25])).beats_constant
    assert not whole(result([], [])).beats_constant


def test_a_language_with_enough_cases_has_figures_of_its_own() -> None:
    many = [case(f"en-{number}", "safe") for number in range(LEAST_CASES)]
    few = [case("de-1", "safe", language="de")]

    parts = by_language(result([*many, *few], [SAFE] * len(many) + [VIOLATES]))
    assert [(part.name, part.figures.cases) for part in parts] == [("en", LEAST_CASES)]
    assert by_language(result(many, [SAFE] * len(many))) == []
