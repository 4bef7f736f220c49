"""Two versions on the same golden cases: what flipped, what broke, and whether chance alone could do it."""

import json

import pytest
from msgspec.structs import replace

from stream.core.errors import PolicyInvalid
from stream.core.policy.grade import Grade
from stream.ops.policies.comparison import answers_of, compare
from stream.ops.policies.earlier import earlier
from stream.ops.policies.report import About, Report, as_json
from tests.unit.ops.trials import PEOPLE, SAFE, VIOLATES, case, result

ABOUT = About("default", "sha256:0", "vllm", "gpt-oss", None, evidence=True)
CASES = [
    case("kept", "safe"),
    case("gained", "violates", "RU1.a"),
    case("lost", "violates", "RU1.a"),
    case("broken", "violates", "RU1.b", must_pass=True),
    case("undone", "violates", "RU1.b", must_pass=True),
]
BEFORE = result(CASES, [SAFE, SAFE, VIOLATES, VIOLATES, SAFE])


def test_what_flipped_is_listed_with_what_broke_first() -> None:
    comparison = compare(answers_of(BEFORE), result(CASES, [SAFE, VIOLATES, PEOPLE, SAFE, SAFE]))

    assert (comparison.compared, comparison.gained, comparison.lost) == (5, 1, 2)
    assert [(flip.case.id, flip.was, flip.now) for flip in comparison.flips] == [
        ("broken", Grade.RIGHT, Grade.WRONG),
        ("gained", Grade.WRONG, Grade.RIGHT),
        ("lost", Grade.RIGHT, Grade.PEOPLE),
    ]
    # Nor is blamed on this version what was wrong before it
    assert comparison.broken == ("broken",)
    assert comparison.chance == 1.0


def test_many_gains_and_no_loss_are_no_chance() -> None:
    cases = [case(f"c{number}", "violates", "RU1.a") for number in range(12)]
    comparison = compare(answers_of(result(cases, [SAFE] * 12)), result(cases, [VIOLATES] * 12))

    assert comparison.chance == pytest.approx(2 / 2**12)


def test_a_case_that_must_pass_and_was_left_to_people_breaks_too() -> None:
    before = answers_of(result([CASES[3]], [PEOPLE]))

    assert compare(before, result([CASES[3]], [SAFE])).broken == ("broken",)
    assert compare(before, result([CASES[3]], [PEOPLE])).flips == ()


def test_a_case_whose_text_has_changed_is_another_one() -> None:
    changed = [replace(CASES[0], text="another text"), replace(CASES[1], thread=("before",)), CASES[2]]

    assert compare(answers_of(BEFORE), result(changed, [SAFE, SAFE, SAFE])).compared == 1


def test_what_a_run_wrote_is_read_back_and_holds_no_text() -> None:
    written = json.dumps(as_json(Report(BEFORE), ABOUT))

    assert earlier(written, "before.jsonl") == {BEFORE.policy.id: answers_of(BEFORE)}
    assert not [case for case in CASES if case.text in written]


def test_a_file_of_another_kind_is_named_with_its_line() -> None:
    with pytest.raises(PolicyInvalid, match=r"^before\.jsonl:2: this line does not fit"):
        earlier(json.dumps(as_json(Report(BEFORE), ABOUT)) + '\n{"policy": "x"}\n', "before.jsonl")
