"""A claim: what chooses never certifies, the bound holds as often as it says, and too few rows say so."""

import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.random import Generator, default_rng

from stream.core.judgement import Confidence, Stated
from stream.core.policy.calibration import Drawn, Signal
from stream.core.terms import Effort
from stream.ops.calibration.claim import Claim, Direction, Goal, claim
from stream.ops.calibration.row import Row, Truth, Would
from tests.unit.calibration.rows import BASIS, posts, removals, row

REMOVE = Goal(Direction.REMOVE, 0.05, 0.05)
RELEASE = Goal(Direction.RELEASE, 0.05, 0.05)
DRAWS = 60


def claimed(rows: list[Row], goal: Goal) -> Claim:
    return claim(rows, goal, resamples=12)


def overconfident(seeded: Generator, number: int, mistaken: float) -> Iterator[Row]:
    """A signal that finds most mistakes, and among the surest half nothing: no threshold is good enough."""
    for one in removals(seeded, number // 2, mistaken):
        yield replace(one, confidence=Confidence(log_probability=-float(seeded.random()) / 10))
    for one in removals(seeded, number // 2, 0.3):
        yield replace(one, confidence=Confidence(log_probability=-1 - float(seeded.random())))


@pytest.mark.parametrize(("mistaken", "allowed"), [(0.052, 0.05), (0.11, 0.1)])
def test_what_is_certified_of_removals_is_false_no_more_often_than_it_says(
    mistaken: float, allowed: float
) -> None:
    # Given a model of which the claim is false at whatever threshold
    goal = replace(REMOVE, mistakes=allowed)
    seeded = default_rng(7)
    false = sum(not claimed(list(overconfident(seeded, 700, mistaken)), goal).why_not for _ in range(DRAWS))
    # Then it is certified in at most alpha of all draws, and two standard deviations of chance
    assert false / DRAWS <= goal.alpha + 2 * math.sqrt(goal.alpha / DRAWS)


def test_a_bound_on_misses_holds_for_the_threshold_that_was_chosen() -> None:
    # Given a model that misses a tenth, and a signal that tells what it missed
    random, truth = default_rng(11), default_rng(12)
    broken = certified = 0
    for _ in range(40):
        found = claimed(list(posts(random, 1_600, 0.3, 0.12)), RELEASE)
        if found.why_not:
            continue
        certified += 1
        fresh = [one for one in posts(truth, 6_000, 0.3, 0.12) if one.violates]
        least = found.at_least if found.at_least is not None else -math.inf
        shown = [
            one
            for one in fresh
            if one.would is Would.RELEASE and (one.confidence.log_probability or 0) >= least
        ]
        broken += len(shown) / len(fresh) > RELEASE.mistakes
    # Then of the claims that it makes hardly one is broken by new posts of the same kind
    assert certified >= 12
    assert broken / 40 <= RELEASE.alpha + 3 * math.sqrt(RELEASE.alpha / 40)


def test_a_sound_model_is_certified_without_a_threshold() -> None:
    found = claimed(list(removals(default_rng(1), 600, 0.01)), REMOVE)

    assert found.why_not == ""
    assert (found.signal, found.at_least, found.kept) == (None, None, 1.0)
    evidence = found.evidence
    assert evidence is not None
    assert (evidence.target, evidence.drawn, evidence.rows) == (0.95, Drawn.RANDOM, found.certified)
    assert 0.95 <= evidence.bound <= 1 - found.bound
    assert found.chose + found.certified == 600


def test_a_signal_that_ranks_mistakes_lets_the_sure_part_act_alone() -> None:
    found = claimed(list(removals(default_rng(2), 3_000, 0.1)), REMOVE)

    ranked = {one.signal: one for one in found.rankings}
    assert ranked[Signal.STATED].why_not == "no better than chance"
    assert ranked[Signal.AGREEMENT].why_not == "not recorded"
    assert ranked[Signal.LOG_PROBABILITY].why_not == ""
    assert found.signal is Signal.LOG_PROBABILITY
    assert (ranked[Signal.LOG_PROBABILITY].aurc or 1) < (ranked[Signal.STATED].aurc or 0)
    assert found.why_not == ""
    assert 0.3 < found.kept < 1.0


def test_where_no_signal_is_better_than_chance_none_is_chosen() -> None:
    random = default_rng(3)
    rows = [
        replace(one, confidence=Confidence(stated=list(Stated)[random.integers(3)]))
        for one in removals(random, 3_000, 0.1)
    ]
    found = claimed(rows, REMOVE)

    assert found.signal is None
    assert found.why_not.startswith("too many mistakes")
    assert found.needed is None


def test_a_threshold_on_what_is_stated_is_a_word() -> None:
    def stated(one: Row, number: int) -> Row:
        sure = one.truth is Truth.REMOVED or number % 9 == 0
        return replace(one, confidence=Confidence(stated=Stated.HIGH if sure else Stated.LOW))

    rows = [stated(one, number) for number, one in enumerate(removals(default_rng(4), 3_000, 0.15))]
    evidence = claimed(rows, REMOVE).evidence

    assert evidence is not None
    assert evidence.at_least is Stated.HIGH
    assert evidence.is_whole


def test_too_few_rows_say_about_how_many_are_needed() -> None:
    few = claimed(list(removals(default_rng(5), 60, 0.0)), REMOVE)

    # log(0.05)/log(0.95) is 58.4: 59 without a mistake certify, and half of the rows choose
    assert (few.why_not, few.needed) == ("too few rows", 118)
    assert claimed([], REMOVE).needed == 118
    assert claimed([], replace(REMOVE, mistakes=0.02)).needed == 298
    some = claimed(list(removals(default_rng(5), 100, 0.03)), REMOVE)
    assert some.needed is not None
    assert some.needed > 500


def test_removals_are_bounded_by_what_was_flagged_where_the_draw_has_too_few_and_releases_never() -> None:
    flagged = list(removals(default_rng(6), 600, 0.0, random=False))
    assert claimed(flagged, REMOVE).drawn is Drawn.FLAGGED
    assert claimed(flagged, REMOVE).why_not == ""
    shown = list(posts(default_rng(6), 2_000, 0.3, 0.0, random=False))
    assert claimed(shown, RELEASE).why_not == "no such answer has a person's label"


def test_rows_that_reached_people_by_a_report_or_an_appeal_bound_nothing() -> None:
    rows = list(removals(default_rng(8), 600, 0.0, random=False, flagged=False))

    assert claimed(rows, REMOVE).why_not == "no such answer has a person's label"


def test_a_draw_that_people_have_not_decided_bounds_no_release() -> None:
    decided = list(posts(default_rng(9), 2_000, 0.3, 0.0))
    assert claimed(decided, RELEASE).why_not == ""
    left = [replace(one, truth=Truth.NOBODY, text=one.text + "x") for one in decided[:400]]
    assert claimed(decided + left, RELEASE).why_not.startswith("people have decided 2,000 of the 2,400 cases")


def test_only_answers_of_one_basis_are_counted_together() -> None:
    other = replace(BASIS, model="another")
    rows = [*removals(default_rng(10), 600, 0.0), *removals(default_rng(10), 300, 0.9, basis=other)]
    found = claimed(rows, REMOVE)

    assert found.basis == BASIS
    assert found.mistakes == 0
    # And what was judged at low effort does not stand for what is asked at high
    assert found.basis.effort is Effort.HIGH


@given(st.integers(0, 2**32), st.floats(0, 0.2), st.integers(0, 300))
def test_what_chooses_never_certifies(seed: int, mistaken: float, number: int) -> None:
    rows = [replace(one, confidence=Confidence()) for one in removals(default_rng(seed), number, mistaken)]
    turned = {Truth.REMOVED: Truth.SAFE, Truth.SAFE: Truth.REMOVED}
    # When all that chooses said the opposite
    other = [replace(one, truth=turned[one.truth]) if one.chooses else one for one in rows]

    before, after = claimed(rows, REMOVE), claimed(other, REMOVE)
    # Then the bound is the same
    assert (before.certified, before.mistakes, before.bound) == (after.certified, after.mistakes, after.bound)
    assert before.certified == sum(not one.chooses for one in rows)


def test_a_text_is_on_the_same_side_at_every_attempt() -> None:
    assert row("sha256:1").chooses == row("sha256:1", truth=Truth.SAFE).chooses
