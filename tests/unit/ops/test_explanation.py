"""Wrong cases by the clause to blame: which one weighs most, and what is shown of the texts."""

from stream.core.judgement import Judgement
from stream.core.policy import PolicyResult
from stream.ops.policies.explanation import NO_CLAUSE, as_json, blamed
from tests.unit.ops.trials import PEOPLE, SAFE, VIOLATES, case, result, said


def test_a_wrong_restriction_blames_what_reached_too_far_and_a_wrong_release_what_did_not() -> None:
    cases = [
        case("over", "safe", "RS1", near=("RU1.b",)),
        case("under", "violates", "RU1.a"),
        case("plain", "safe"),
        case("right", "safe"),
        case("left", "violates", "RU1.a"),
    ]
    judgements: list[Judgement | PolicyResult] = [
        said(VIOLATES, ("RS1", "text"), ("RU1.a", "text")),
        said(SAFE, ("RS1", "text")),
        VIOLATES,
        SAFE,
        PEOPLE,
    ]

    found = {
        blame.clause: [failure.case.id for failure in blame.failures]
        for blame in blamed(result(cases, judgements))
    }

    assert found == {"RU1.a": ["over", "under"], NO_CLAUSE: ["plain"]}


def test_the_clause_to_reword_first_weighs_most_and_what_must_pass_weighs_three() -> None:
    # Given two wrong cases of one clause, and a single one of another that must pass
    cases = [
        case("one", "violates", "RU1.a"),
        case("two", "violates", "RU1.a"),
        case("grave", "violates", "RU1.b", must_pass=True),
    ]

    blames = blamed(result(cases, [SAFE] * 3))

    assert [(blame.clause, blame.weight) for blame in blames] == [("RU1.b", 3), ("RU1.a", 2)]


def test_what_the_model_quotes_is_left_out_unless_it_is_asked_for() -> None:
    # Given a rationale that quotes its case twice, and something else
    cases = [case("one", "safe", text="Never call me a Fool again")]
    judged = said(VIOLATES, ("RU1.a", "a Fool"), rationale='Says a Fool and "call me", unlike "hello".')

    (hidden,) = as_json(result(cases, [judged], reasoning="call me a Fool"), show_text=False)
    (shown,) = as_json(result(cases, [judged], reasoning="call me a Fool"), show_text=True)

    assert hidden["cases"] == [{"id": "one", "rationale": 'Says [quote] and [quote], unlike "hello".'}]
    assert shown["cases"] == [
        {
            "id": "one",
            "rationale": 'Says [quote] and [quote], unlike "hello".',
            "text": "Never call me a Fool again",
            "quotes": ["a Fool"],
            "reasoning": "call me a Fool",
        }
    ]
