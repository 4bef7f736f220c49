"""The policies that are shipped: what they must hold, and what their golden cases must cover."""

import re
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from stream.adapters.exemplar import Exemplar
from stream.core.actions import fold
from stream.core.judgement import Finding, Judgement
from stream.core.outcome import Proposal
from stream.core.policy import MAX_SEVERITY, Action, Autonomy, Policy, PolicyResult
from stream.core.policy.golden import GoldenCase, score
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.reason import Category
from stream.core.policy.set_text import parse_set
from stream.core.prompt import developer_message
from stream.core.terms import LabelKind
from tests.unit.policies.sample import SHIPPED

POLICIES = [SHIPPED.policy(policy_id) for policy_id in SHIPPED.ids()]
IDS = {policy.id for policy in POLICIES}
URGENT = {"self-harm", "child-safety", "threats-and-incitement"}
TOO_NEAR = 0.6
HELP = {
    "en": "emergency services", "de": "Notruf", "es": "emergencias", "fr": "secours", "pt": "emergência",
    "tr": "acil servis",
}  # fmt: skip

each_policy = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
each_open_policy = pytest.mark.parametrize(
    "policy", [policy for policy in POLICIES if not policy.restricted], ids=lambda policy: policy.id
)
each_restricted_policy = pytest.mark.parametrize(
    "policy", [policy for policy in POLICIES if policy.restricted], ids=lambda policy: policy.id
)


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: words in both over words in either."""
    return len(one & other) / len(one | other)


def cases(policy: Policy) -> tuple[GoldenCase, ...]:
    return SHIPPED.golden(policy)


def handed_over_to(policy: Policy) -> set[str]:
    """The policies that PRECEDENCE names: whatever something `belongs to`, and every hyphenated name."""
    precedence = policy.body.partition("# PRECEDENCE")[2]
    named = re.findall(r"\bbelongs?\s+to\s+([\w-]+)|\b([a-z]+(?:-[a-z]+)+)\b", precedence)
    return {name for pair in named for name in pair if name}


def granted(policy: Policy, autonomy: Autonomy) -> PolicySet:
    """A set of this policy alone."""
    text = (
        f'title = "T"\nlanguages = ["en"]\n[policies.{policy.id}]\nautonomy = "{autonomy}"\n'
        'uncalibrated = "a test"\n'
        f'[[routes]]\npolicies = ["{policy.id}"]\n'
    )
    return parse_set(text, "set.toml", "t", SHIPPED.ids(), SHIPPED.policy)


def test_these_policies_are_shipped() -> None:
    assert [policy.id for policy in POLICIES] == [
        "adult-sexual-content",
        "child-safety",
        "harassment",
        "hate",
        "self-harm",
        "spam-and-scams",
        "threats-and-incitement",
    ]
    assert {policy.id for policy in POLICIES if policy.restricted} == {"child-safety"}


# Golden cases


@each_open_policy
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


@each_open_policy
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


@each_open_policy
def test_every_step_of_every_ladder_has_a_golden_case(policy: Policy) -> None:
    seen = {(case.clause, case.severity) for case in cases(policy) if case.result == "violates"}
    ladders = {(clause.id, step) for clause in policy.clauses for step in clause.severities}

    assert ladders - seen == set()


@each_open_policy
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


@each_open_policy
def test_no_constant_answer_scores_well(policy: Policy) -> None:
    golden = cases(policy)

    figures = score(golden, [PolicyResult.SAFE] * len(golden))
    print(f"{policy.id}: {figures}")  # noqa: T201  # what a constant answer would score

    assert max(figures.always_safe, figures.always_violating) <= 0.6 * figures.cases
    assert figures.missed == figures.always_violating


# What enters the prompt, and what does not


def test_no_two_policies_share_a_clause_id_so_that_they_can_stand_in_one_prompt() -> None:
    ids = Counter(clause.id for policy in POLICIES for clause in policy.clauses)

    assert [clause_id for clause_id, times in ids.items() if times > 1] == []


@each_policy
def test_the_prompt_is_near_the_length_that_the_model_reads_best(policy: Policy) -> None:
    # About four characters a token for this English; tests/vllm counts exactly.
    message = developer_message([policy])
    rules = sum(len(clause.text) for clause in policy.clauses)

    assert 4_500 <= len(message) <= 6_800
    assert 1_800 <= rules <= 3_000
    assert policy.restricted or 4 <= sum(map(len, policy.examples)) <= 12
    assert not re.search(r"\b(generally|usually|normally)\b", message, re.IGNORECASE)


@each_policy
def test_a_policy_hands_over_only_to_policies_that_exist(policy: Policy) -> None:
    named = handed_over_to(policy)

    assert named, "every policy ends somewhere"
    assert named <= IDS - {policy.id}


@each_policy
def test_every_policy_has_notes_for_reviewers(policy: Policy) -> None:
    assert policy.reviewers.startswith("- ")
    assert policy.reviewers not in developer_message([policy])


# What follows from a break


@each_policy
def test_every_restriction_has_a_notice_in_every_language_of_the_policy(policy: Policy) -> None:
    for clause in policy.clauses:
        if clause.violates:
            assert set(policy.notices[clause.id]) == set(policy.languages), clause.id


@each_policy
def test_what_offers_help_restricts_nothing_and_counts_against_nobody(policy: Policy) -> None:
    offers = [clause for clause in policy.clauses if Action.SUPPORT in dict(clause.actions).values()]

    for clause in offers:
        assert {action for _, action in clause.actions} == {Action.SUPPORT}, clause.id
        assert clause.strike == 0, clause.id
    assert bool(offers) == (policy.id == "self-harm")


@each_policy
def test_what_is_only_kept_for_adults_counts_against_nobody(policy: Policy) -> None:
    for clause in policy.clauses:
        if {action for _, action in clause.actions} == {Action.AGE_GATE}:
            assert clause.strike == 0, clause.id


@each_policy
def test_where_a_life_may_be_in_danger_people_are_asked_at_once(policy: Policy) -> None:
    urgent = [clause for clause in policy.clauses if clause.urgent]

    assert bool(urgent) == (policy.id in URGENT)
    for clause in urgent:
        assert clause.action_at(MAX_SEVERITY) is Action.REVIEW, clause.id


def test_a_person_at_risk_is_never_removed_by_the_model_and_a_method_is() -> None:
    # Given the most autonomy that there is
    policy = SHIPPED.policy("self-harm")
    policy_set = granted(policy, Autonomy.FULL)

    def ruled(clause: str, severity: int) -> tuple[Proposal, tuple[LabelKind, ...]]:
        finding = (Finding(clause, "words"),)
        judgement = Judgement(
            policy=policy.id, result=PolicyResult.VIOLATES, findings=finding, severity=severity
        )
        ruling = fold([policy.id], [judgement], policy_set, now=0)
        return ruling.proposal, tuple(label.kind for label in ruling.labels)

    # Then a wish to die is released with the offer of help, and what announces a suicide is people's
    assert ruled("SH1.a", 2) == ruled("SH1.b", 1) == (Proposal.RELEASE, (LabelKind.SUPPORT,))
    assert ruled("SH2.a", 3) == ruled("SH2.b", 4) == (Proposal.REVIEW, ())

    # And promotion is removed; a pact, which is urgent, is people's
    assert ruled("SH3.a", 2) == ruled("SH4.a", 3) == ruled("SH4.b", 2) == (Proposal.REMOVE, ())
    assert ruled("SH3.b", 3) == ruled("SH3.b", 4) == (Proposal.REVIEW, ())


def test_who_may_be_in_need_is_told_where_help_is_in_every_language() -> None:
    policy = SHIPPED.policy("self-harm")

    for clause in policy.clauses:
        if clause.violates and not clause.strike:
            for language, text in policy.notices[clause.id].items():
                assert HELP[language].casefold() in text.casefold(), (clause.id, language)


# Restricted policies


@each_restricted_policy
def test_what_is_restricted_is_put_into_words_nowhere(policy: Policy) -> None:
    folder = Path(__file__).parents[3] / "policies" / policy.id

    assert sorted(path.name for path in folder.iterdir()) == ["notices.toml", "policy.md"]
    assert policy.examples == ()
    assert not SHIPPED.golden(policy)
    assert not SHIPPED.exemplars(policy)
    # And neither the rules, the reviewers' notes nor a notice quotes what somebody might write
    texts = [policy.instructions, policy.body, policy.reviewers]
    texts += [text for notice in policy.notices.values() for text in notice.values()]
    assert [text for text in texts if re.search('["“”„‟«»‹›]', text)] == []


@each_restricted_policy
def test_what_is_restricted_is_decided_by_people_and_never_released_unasked(policy: Policy) -> None:
    assert policy.never_clear
    assert policy.high_impact
    assert policy.needs_local
    assert policy.autonomy is Autonomy.RECOMMEND
    for clause in policy.clauses:
        assert not clause.violates or set(dict(clause.actions).values()) == {Action.REVIEW}, clause.id


@each_restricted_policy
def test_a_notice_about_what_is_restricted_does_not_say_what_was_noticed(policy: Policy) -> None:
    accusing = [clause.id for clause in policy.clauses if clause.violates and clause.strike]

    assert len({tuple(sorted(policy.notices[clause].items())) for clause in accusing}) == 1


def test_child_safety_rests_on_law_and_on_the_protection_of_minors() -> None:
    for clause in SHIPPED.policy("child-safety").clauses:
        if clause.reason is not None:
            assert clause.reason.category is Category.PROTECTION_OF_MINORS
            assert clause.reason.reference.startswith(("YOUR LAW", "https://"))


# Sets


def test_the_default_set_only_recommends_and_asks_every_policy() -> None:
    default = SHIPPED.policy_set("default")

    assert set(default.autonomy.values()) == {Autonomy.RECOMMEND}
    assert set(default.route("chat", "tr").policies) == IDS
    assert any(surface.high_impact for surface in default.surfaces.values())


def test_a_route_of_the_default_set_asks_whom_its_policies_hand_over_to() -> None:
    for route in SHIPPED.policy_set("default").routes:
        for policy_id in route.policies:
            assert handed_over_to(SHIPPED.policy(policy_id)) & IDS <= set(route.policies), route.surface


def test_the_demo_says_that_it_grants_more_and_shows_nothing_restricted() -> None:
    demo = SHIPPED.policy_set("demo")

    assert Autonomy.RECOMMEND not in demo.autonomy.values()
    assert "more than it has earned" in demo.title
    assert set(demo.route("chat", "tr").policies) == {"harassment", "spam-and-scams"}
    assert not any(policy.restricted for policy in demo.policies.values())


async def test_the_demo_asks_of_the_exemplar_what_it_reaches() -> None:
    demo = SHIPPED.policy_set("demo")
    engine = Exemplar(SHIPPED.exemplars, allow=True)

    for policy in demo.policies.values():
        figures = await engine.measure(policy, cases(policy))
        assert figures.decided >= demo.thresholds.answered * figures.cases
        assert figures.missed <= (1 - demo.thresholds.recall) * figures.always_violating
        assert figures.false_alarms <= demo.thresholds.false_alarms * figures.always_safe
