"""The cascade's table: what shares a prompt, and what is asked again."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from stream.core.cascade import UNANSWERABLE, Why, asked_again, first_effort, joined, prompts
from stream.core.judgement import Judgement
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.policy_set import Prompting
from stream.core.terms import Effort
from tests.unit.policies.sample import named

B, A = named("b"), named("a")
SECRET = replace(named("c"), restricted=True, examples=())
C = named("c")
GRAVE = replace(named("d"), high_impact=True)


def said(result: PolicyResult, *failures: str) -> Judgement:
    return Judgement(policy="a", result=result, failures=failures)


def test_each_policy_has_a_prompt_of_its_own_or_all_share_one_but_the_restricted() -> None:
    assert prompts([B, SECRET, A], Prompting.SINGLE) == [(A,), (B,), (SECRET,)]
    assert prompts([B, SECRET, A], Prompting.BUNDLED) == [(A, B), (SECRET,)]
    assert prompts([GRAVE, B, A], Prompting.BUNDLED) == [(A, B), (GRAVE,)]
    assert prompts([SECRET], Prompting.BUNDLED) == [(SECRET,)]
    assert prompts([], Prompting.BUNDLED) == []
    assert prompts([C, B, A], Prompting.BUNDLED, {"b"}) == [(A, C), (B,)]


@pytest.mark.parametrize(
    ("result", "drawn", "expected"),
    [
        (PolicyResult.SAFE, False, None),
        (PolicyResult.SAFE, True, Why.AUDITED),
        (PolicyResult.VIOLATES, False, Why.RAISED),
        (PolicyResult.NEEDS_CONTEXT, True, Why.RAISED),
        (PolicyResult.FAILED, False, Why.RAISED),
    ],
)
def test_what_restricts_or_is_unsure_is_raised_and_a_drawn_release_audited(
    result: PolicyResult, drawn: bool, expected: Why | None
) -> None:
    for effort in (Effort.LOW, Effort.MEDIUM):
        assert asked_again(said(result), (A,), effort, drawn) is expected


def test_only_what_is_of_high_impact_is_asked_at_high_effort_at_once() -> None:
    assert first_effort((A, B), Effort.LOW) is Effort.LOW
    assert first_effort((GRAVE,), Effort.LOW) is Effort.HIGH
    assert first_effort((A,), Effort.HIGH) is Effort.HIGH


def test_at_high_effort_nothing_is_asked_again() -> None:
    for result, drawn in product(PolicyResult, (False, True)):
        assert asked_again(said(result), (A,), Effort.HIGH, drawn) is None


def test_a_question_too_long_for_one_policy_is_not_asked_again_and_a_bundle_is_taken_apart() -> None:
    unanswerable = said(PolicyResult.FAILED, UNANSWERABLE)

    assert asked_again(unanswerable, (A,), Effort.LOW, False) is None
    assert asked_again(unanswerable, (A, B), Effort.LOW, False) is Why.RAISED


def test_models_that_differ_are_joined_in_a_name_that_fits() -> None:
    assert joined(["large", "small", "large"]) == "large--small"
    assert joined([]) == ""
    assert len(joined([letter * 100 for letter in "ab"])) == 128


policies = st.lists(st.sampled_from([A, B, SECRET]), unique_by=lambda policy: policy.id)


@given(policies, st.sampled_from(Prompting))
def test_every_policy_is_in_one_prompt_whatever_the_order(asked: list[Policy], prompting: Prompting) -> None:
    groups = prompts(asked, prompting)

    assert sorted(one.id for group in groups for one in group) == sorted(one.id for one in asked)
    assert groups == prompts(reversed(asked), prompting)
    assert not any(one.restricted or one.high_impact for group in groups if len(group) > 1 for one in group)
