"""The policies that are shipped: what their golden cases must cover, what a constant answer would score."""

import re
from collections import Counter
from itertools import product

import pytest

from stream.core.policy import Action, Autonomy, Policy, PolicyResult
from stream.core.policy.golden import GoldenCase, score
from stream.core.prompt import developer_message
from tests.unit.policies.sample import SHIPPED

POLICIES = [SHIPPED.policy(policy_id) for policy_id in SHIPPED.ids()]
TOO_NEAR = 0.6
each_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: words in both over words in either."""
    return len(one & other) / len(one | other)


def cases(policy: Policy) -> tuple[GoldenCase, ...]:
    return SHIPPED.golden(policy)


def test_these_policies_are_shipped() -> None:
    assert [policy.id for policy in POLICIES] == [
        "adult-sexual-content",
        "harassment",
        "hate",
        "spam-and-scams",
        "threats-and-incitement",
    ]


def test_no_two_policies_share_a_clause_id_so_that_they_can_stand_in_one_prompt() -> None:
    ids = Counter(clause.id for policy in POLICIES for clause in policy.clauses)

    assert [clause_id for clause_id, times in ids.items() if times > 1] == []


def test_a_danger_to_life_is_urgent_and_only_people_decide_about_it() -> None:
    danger = SHIPPED.policy("threats-and-incitement").clause("TH1.a")

    assert danger is not None
    assert danger.urgent
    assert {action for _, action in danger.actions} == {Action.REVIEW}


@each_policy
def test_golden_cases_are_many_and_both_kinds_in_several_languages(policy: Policy) -> None:
    golden = cases(policy)

    assert len(golden) >= 60
    assert sum(case.result == "violates" for case in golden) >= 20
    assert sum(case.is_hard_negative for case in golden) >= 25
    assert any(case.must_pass and case.result == "violates" for case in golden)
    assert any(case.must_pass and case.is_hard_negative for case in golden)
    for language in policy.languages:
        results = {case.result for case in golden if case.language == language}
        assert {"violates", "safe"} <= results, language


@each_policy
def test_every_clause_is_seen_from_both_sides(policy: Policy) -> None:
    golden = cases(policy)

    for clause in policy.clauses:
        side = "violates" if clause.violates else "safe"
        decided = [case for case in golden if case.clause == clause.id and case.result == side]
        other = [
            case for case in golden if clause.id in case.near and case.result not in (side, "needs_context")
        ]
        assert decided, f"no golden case is decided by {clause.id}"
        assert other, f"no golden case lies just on the other side of {clause.id}"


@each_policy
def test_every_step_of_every_ladder_has_a_golden_case(policy: Policy) -> None:
    seen = {(case.clause, case.severity) for case in cases(policy) if case.result == "violates"}
    ladders = {(clause.id, step) for clause in policy.clauses for step in clause.severities}

    assert ladders - seen == set()


@each_policy
def test_what_is_only_kept_for_adults_counts_against_nobody(policy: Policy) -> None:
    for clause in policy.clauses:
        if {action for _, action in clause.actions} == {Action.AGE_GATE}:
            assert clause.strike == 0, clause.id


@each_policy
def test_no_golden_case_is_near_an_example_or_another_case(policy: Policy) -> None:
    golden = [(case.id, words(case.text)) for case in cases(policy)]
    prompt = [example.text for group in policy.examples for example in group]
    shown = [(text, words(text)) for text in [*prompt, *(one.text for one in SHIPPED.exemplars(policy))]]

    pairs = [
        *product(golden, shown),
        *((one, two) for one, two in product(golden, golden) if one[0] < two[0]),
    ]
    near = [(one, two) for (one, mine), (two, yours) in pairs if likeness(mine, yours) >= TOO_NEAR]
    assert near == []


@each_policy
def test_no_constant_answer_scores_well(policy: Policy) -> None:
    golden = cases(policy)

    figures = score(golden, [PolicyResult.SAFE] * len(golden))
    print(f"{policy.id}: {figures}")  # noqa: T201  # what a constant answer would score

    assert max(figures.always_safe, figures.always_violating) <= 0.6 * figures.cases
    assert figures.missed == figures.always_violating


@each_policy
def test_the_prompt_is_near_the_length_that_the_model_reads_best(policy: Policy) -> None:
    # About four characters a token for this English; tests/vllm counts exactly.
    message = developer_message([policy])
    rules = sum(len(clause.text) for clause in policy.clauses)

    assert 4_500 <= len(message) <= 6_800
    assert 1_800 <= rules <= 3_000
    assert 4 <= sum(map(len, policy.examples)) <= 12
    assert not re.search(r"\b(generally|usually|normally)\b", message, re.IGNORECASE)


@each_policy
def test_every_restriction_has_a_notice_in_every_language_of_the_policy(policy: Policy) -> None:
    for clause in policy.clauses:
        if clause.violates:
            assert set(policy.notices[clause.id]) == set(policy.languages), clause.id


@each_policy
def test_every_policy_has_notes_for_reviewers(policy: Policy) -> None:
    assert policy.reviewers.startswith("- ")


def test_the_default_set_only_recommends_and_the_demo_says_that_it_grants_more() -> None:
    default, demo = SHIPPED.policy_set("default"), SHIPPED.policy_set("demo")

    assert set(default.autonomy.values()) == {Autonomy.RECOMMEND}
    assert Autonomy.RECOMMEND not in demo.autonomy.values()
    assert "more than it has earned" in demo.title
    for shipped in (default, demo):
        assert set(shipped.route("chat", "tr").policies) == {policy.id for policy in POLICIES}
