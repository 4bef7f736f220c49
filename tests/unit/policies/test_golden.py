"""Golden cases: what a line must be, and what counting them says of an engine."""

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from stream.core.errors import PolicyInvalid
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.golden import Figures, GoldenCase, parse_exemplars, parse_golden, score
from tests.unit.policies.sample import policy

GOOD = {
    "id": "a", "text": "you fool", "language": "en", "result": "violates", "clause": "RU1.a", "severity": 1,
    "near": ["RS1"],
}  # fmt: skip


def lines(*cases: dict[str, object]) -> str:
    return "".join(json.dumps(case) + "\n" for case in cases)


def test_a_line_is_a_case() -> None:
    (case,) = parse_golden("\n" + lines(GOOD), "tests.jsonl", policy())

    assert case == GoldenCase(
        id="a", text="you fool", language="en", result="violates", clause="RU1.a", severity=1, near=("RS1",)
    )
    assert not case.is_hard_negative


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"labl": "safe"}, "this line does not fit: there is no field `labl`. Valid here: `id`"),
        ({"language": "english"}, "this line does not fit"),
        ({"result": "failed"}, "`result` is none of the values that there are. Write `safe` or `violates`"),
        ({"clause": "RU1.c"}, "cites clause RU1.c, which does not exist. Did you mean"),
        ({"clause": None}, "cites clause None"),
        ({"clause": "RS1"}, "`violates` by RS1, a clause of the other side"),
        ({"severity": 4}, "severity 4 is not on the ladder of RU1.a"),
        ({"near": ["RS2"]}, "near clause RS2 does not exist. Did you mean `RS1`?"),
        ({"near": ["RU1.b"]}, "near clause RU1.b is of the same side"),
        ({"id": "b"}, "golden case `b` stands twice"),
    ],
)
def test_a_line_that_does_not_fit_is_named(change: dict[str, object], says: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        parse_golden(lines({**GOOD, "id": "b"}, {**GOOD, **change}), "tests.jsonl", policy())

    assert str(caught.value).startswith("tests.jsonl:2: ")
    assert says in str(caught.value)


@pytest.mark.parametrize("read", [parse_golden, parse_exemplars])
def test_a_restricted_policy_may_have_no_labelled_text_not_even_an_empty_file(
    read: Callable[[str, str, Policy], object],
) -> None:
    restricted = replace(policy(), restricted=True, examples=())

    for text in ("", lines(GOOD)):
        with pytest.raises(PolicyInvalid, match=r"tests\.jsonl:1: labelled texts beside a restricted policy"):
            read(text, "tests.jsonl", restricted)


def test_an_example_beside_the_prompt_is_held_to_the_same_rules() -> None:
    ordinary: dict[str, object] = {"text": "good soup", "language": "en", "result": "safe"}

    (example,) = parse_exemplars(lines(ordinary), "exemplars.jsonl", policy())
    assert (example.text, example.result, example.clause) == ("good soup", PolicyResult.SAFE, None)
    with pytest.raises(PolicyInvalid, match=r"exemplars\.jsonl:1: `safe` has severity 2"):
        parse_exemplars(lines({**ordinary, "severity": 2}), "exemplars.jsonl", policy())


def test_what_is_left_to_people_is_neither_right_nor_wrong() -> None:
    wanted = ["violates", "violates", "violates", "safe", "safe", "needs_context"]
    cases = [GoldenCase(id=f"c{n}", text="", language="en", result=one) for n, one in enumerate(wanted)]  # type: ignore[arg-type]
    said = ["violates", "safe", "failed", "safe", "violates", "safe"]

    figures = score(cases, [PolicyResult(one) for one in said])

    assert figures == Figures(
        cases=6, decided=5, right=2, flagged=1, missed=1, false_alarms=1, always_safe=2, always_violating=3
    )
