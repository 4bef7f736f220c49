"""Which violations become canaries, and what a run comes to."""

from collections.abc import Sequence
from random import Random

import pytest
from msgspec.structs import replace

from stream.core.canary import CANARY_SURFACE, Fate, is_canary
from stream.core.case import ReviewTask
from stream.core.content import digest_of
from stream.core.errors import Misconfigured
from stream.core.fields import MAX_TEXT, MAX_THREAD, is_content_id
from stream.core.policy import Autonomy, Policy
from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy_set import Route
from stream.core.terms import Decision, Effect, Origin, Stage
from stream.core.verdict import Verdict
from stream.core.wire import encode, read_content
from stream.ops.canaries.attempts import attempts
from stream.ops.canaries.canary import NO_ANSWER, Roll, chosen, violations
from tests.unit.policies.sample import SHIPPED

SET = SHIPPED.policy_set("default")
CASES = violations(SET, SHIPPED.golden)
POLICIES = {policy for policy, _ in CASES}


def test_only_what_must_pass_and_violates_is_published() -> None:
    assert {"harassment", "spam-and-scams"} <= POLICIES
    assert all(case.must_pass and case.result == "violates" for _, case in CASES)
    only = violations(SET, SHIPPED.golden, "harassment")
    assert {policy for policy, _ in only} == {"harassment"}


def test_the_cases_of_a_restricted_policy_are_not_even_asked_for() -> None:
    # Given a set with a restricted policy / When its violations are looked for
    restricted = replace(SET.policies["harassment"], restricted=True)
    restricting = replace(SET, policies={**SET.policies, "harassment": restricted})

    def golden(policy: Policy) -> Sequence[GoldenCase]:
        assert not policy.restricted
        return SHIPPED.golden(policy)

    # Then nobody asks for its cases, and whoever names it is refused
    assert {policy for policy, _ in violations(restricting, golden)} == POLICIES - {"harassment"}
    with pytest.raises(Misconfigured, match="`harassment` is restricted"):
        violations(restricting, golden, "harassment")


def test_nobody_is_called_for_a_canary() -> None:
    # Given a set in which one clause means danger to a life / When its violations are looked for
    harassment = SET.policies["harassment"]
    urgent = {case.clause for policy, case in CASES if policy == "harassment"} & {"HR2.a", "HR1.a"}
    assert urgent
    clauses = tuple(replace(clause, urgent=clause.id in urgent) for clause in harassment.clauses)
    calling = replace(SET, policies={**SET.policies, "harassment": replace(harassment, clauses=clauses)})
    # Then none breaks that clause, and the others are there
    found = {case.clause for _, case in violations(calling, SHIPPED.golden)}
    assert found == {case.clause for _, case in CASES} - urgent


def test_what_no_policy_that_counts_would_judge_is_left_out() -> None:
    # In shadow
    shadow = replace(SET, autonomy={**SET.autonomy, "harassment": Autonomy.SHADOW})
    assert {policy for policy, _ in violations(shadow, SHIPPED.golden)} == POLICIES - {"harassment"}
    # Not on the canaries' way
    elsewhere = replace(SET, routes=(Route(policies=("harassment",), surface=CANARY_SURFACE), *SET.routes))
    assert {policy for policy, _ in violations(elsewhere, SHIPPED.golden)} == {"harassment"}
    # In a language that the set does not speak
    english = replace(SET, languages=("en",))
    assert {case.language for _, case in violations(english, SHIPPED.golden)} == {"en"}
    # And where nothing is left, it says what is missing
    silent = replace(SET, autonomy=dict.fromkeys(SET.policies, Autonomy.SHADOW))
    with pytest.raises(Misconfigured, match="needs golden cases that violate and must pass"):
        violations(silent, SHIPPED.golden)
    with pytest.raises(Misconfigured, match="`nobody` is not in the set `default`\\. Valid here: "):
        violations(SET, SHIPPED.golden, "nobody")


@pytest.mark.parametrize("count", [1, 50, 1_000])
def test_as_many_are_drawn_as_asked_for_each_attempt_before_any_comes_again(count: int) -> None:
    drawn = chosen(attempts(), CASES, count, Random(count))
    used = [canary.attempt.id for canary in drawn]
    assert len({canary.id for canary in drawn}) == len(drawn) == count
    if count <= sum(attempt.keeps_the_breach for attempt in attempts()):
        assert len(set(used)) == count


def test_no_more_are_drawn_than_there_are() -> None:
    two = attempts()[:2]
    assert len(chosen(two, CASES[:3], 1_000, Random(1))) == 6


def test_a_canary_is_a_post_that_keeps_the_contract() -> None:
    for canary in chosen(attempts(), CASES, 1_000, Random(2)):
        event = canary.published(now=1_800_000_000_000)
        assert read_content(encode(event)) == event
        assert is_content_id(event.id)
        assert is_canary(event.id)
        assert (event.surface, event.version, event.language) == (
            CANARY_SURFACE, 1_800_000_000_000, canary.case.language,
        )  # fmt: skip
        assert len(event.text) <= MAX_TEXT
        assert len(event.thread) <= MAX_THREAD
        deleted = canary.deleted(event.version, now=1_800_000_000_001)
        assert (deleted.id, deleted.version) == (event.id, event.version)


def test_a_roll_knows_of_each_canary_what_was_said_of_this_version_first() -> None:
    # Given four canaries
    drawn = chosen(attempts(), CASES, 4, Random(3))
    roll = Roll(drawn, version=7)
    released, removed, asked, silent = drawn

    def verdict(content_id: str, decision: Decision, version: int = 7) -> Verdict:
        stage = Stage.AUTOMATIC if decision is Decision.HOLD else None
        return Verdict(
            id=content_id, version=version, decision=decision, at=1, digest=digest_of("x"), stage=stage
        )

    # When the gate holds all, releases, removes, asks people, deletes; and speaks of other posts and versions
    for one in drawn:
        roll.hear(verdict(one.id, Decision.HOLD))
        roll.hear(verdict(one.id, Decision.RELEASE, version=6))
    roll.hear(verdict("post-1", Decision.RELEASE))
    roll.hear(verdict(released.id, Decision.RELEASE))
    roll.hear(verdict(released.id, Decision.REMOVE))
    roll.hear(verdict(removed.id, Decision.REMOVE))
    roll.hear(
        ReviewTask(
            id=asked.id,
            case="c0-1",
            version=7,
            effect=Effect.HIDE,
            origin=Origin.PUBLISH,
            at=1,
            due=2,
            why="x",
        )
    )
    roll.hear(verdict(silent.id, Decision.DELETED))
    # Then each has its fate, and the one that was only deleted has none
    assert [roll.result(one) for one in drawn] == [Fate.MISSED, Fate.CAUGHT, Fate.UNSURE, NO_ANSWER]
    assert not roll.is_complete
    assert sum(sum(counts.values()) for counts in roll.by_family().values()) == 4
    assert roll.count(NO_ANSWER) == 1
