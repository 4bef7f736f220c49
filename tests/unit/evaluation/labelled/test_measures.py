"""Measures from counts, beside scikit-learn's from the rows themselves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from stream.core.judgement import Confidence, Stated
from stream.core.policy import PolicyResult
from stream.ops.evaluation.labelled.counts import Counts, Estimate
from stream.ops.evaluation.labelled.durations import Durations
from stream.ops.evaluation.labelled.kept import Kept
from stream.ops.evaluation.labelled.parity import parity
from stream.ops.evaluation.labelled.signals import Signal, SignalTally

ROWS = st.lists(st.tuples(st.booleans(), st.sampled_from(list(PolicyResult))), min_size=1, max_size=60)


@given(ROWS, st.booleans())
def test_precision_recall_and_f1_are_scikit_learns(
    rows: list[tuple[bool, PolicyResult]], people_flag: bool
) -> None:
    """Given any labels and results, when counted, then each measure is the library's, in both readings."""
    counts = Counts()
    for violates, result in rows:
        counts.add(violates, result)
    truth = [violates for violates, _ in rows]
    people = (PolicyResult.NEEDS_CONTEXT, PolicyResult.FAILED)
    flags = [one is PolicyResult.VIOLATES or (people_flag and one in people) for _, one in rows]
    found = counts.measures(people_flag=people_flag)
    for estimate, theirs in (
        (found.precision, precision_score(truth, flags, zero_division=math.nan)),
        (found.recall, recall_score(truth, flags, zero_division=math.nan)),
        (found.f1, f1_score(truth, flags, zero_division=math.nan)),
    ):
        if estimate.value is None:
            assert math.isnan(theirs)
        else:
            assert estimate.value == pytest.approx(theirs)
            assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9
    assert sum(map(sum, counts.matrix())) == len(rows) == counts.total


def test_an_interval_of_f1_holds_the_true_one_about_95_times_in_100() -> None:
    """Given draws from known rates, when intervals are made, then they hold the true F1 often enough."""
    import numpy as np

    shares = [0.30, 0.10, 0.15, 0.45]  # caught, wrong, missed, let pass
    true = 2 * 0.30 / (2 * 0.30 + 0.10 + 0.15)
    held = 0
    for caught, wrong, missed, passed in np.random.default_rng(3).multinomial(200, shares, 400):
        found = Counts(int(caught), int(missed), 0, 0, int(wrong), int(passed)).measures().f1
        held += found.low <= true <= found.high
    assert 0.92 <= held / 400 <= 0.98


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(list(Stated))), min_size=2, max_size=60))
def test_how_a_signal_ranks_is_scikit_learns_area(rows: list[tuple[bool, Stated]]) -> None:
    """Given answers with a stated confidence, when ranked, then the area under the curve is the library's."""
    tally = SignalTally(Signal.STATED)
    for right, stated in rows:
        tally.add(Confidence(stated=stated), right=right)
    figures = tally.figures(len(rows))
    assert figures is not None
    rights = [right for right, _ in rows]
    if len(set(rights)) == 1:
        assert figures.ranking.value is None
        return
    theirs = roc_auc_score(rights, [list(Stated).index(stated) for _, stated in rows])
    assert figures.ranking.value == pytest.approx(theirs)


def test_log_probabilities_near_certainty_are_still_told_apart() -> None:
    """Given right answers at 0.9999 and wrong ones at 0.99, when ranked, then all, and miscalibrated."""
    tally = SignalTally(Signal.LOG_PROBABILITY)
    for _ in range(50):
        tally.add(Confidence(log_probability=math.log(0.9999)), right=True)
        tally.add(Confidence(log_probability=math.log(0.99)), right=False)
    figures = tally.figures(200)
    assert figures is not None
    assert figures.ranking.value == 1
    assert figures.calibration_error == pytest.approx((0.0001 + 0.99) / 2, abs=1e-3)
    # The surest half of the answers, a quarter of the labelled, carries no risk; all of them, half are wrong.
    assert figures.curve == ((0.25, 0.0), (0.5, 0.5))


def test_an_agreement_that_is_always_right_about_itself_is_calibrated() -> None:
    """Given answers that agree in 4 of 5 draws and are right 4 times in 5, when counted, then no error."""
    tally = SignalTally(Signal.AGREEMENT)
    for place in range(100):
        tally.add(Confidence(agreement=0.8, repeats=5), right=place % 5 > 0)
        tally.add(Confidence(), right=False)
    figures = tally.figures(200)
    assert figures is not None
    assert figures.answers == 100
    assert figures.calibration_error == pytest.approx(0)


@given(st.lists(st.floats(1e-3, 500), min_size=1, max_size=200), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_is_within_two_percent_of_the_true_one(seconds: list[float], share: float) -> None:
    """Given any durations, when a quantile is asked for, then it lies within a bin of the exact one."""
    found = Durations()
    for one in seconds:
        found.add(one)
    exact = sorted(seconds)[max(1, math.ceil(share * len(seconds))) - 1]
    quantile = found.quantile(share)
    assert quantile is not None
    assert quantile.seconds == pytest.approx(exact, rel=0.021)
    assert quantile.low <= quantile.seconds <= quantile.high


@given(st.permutations(range(50)))
def test_what_is_kept_does_not_depend_on_the_order(order: list[int]) -> None:
    """Given the same items in any order, when a few are kept, then the same few."""
    kept, again = Kept[int](7), Kept[int](7)
    for number in range(50):
        again.offer(str(number), number)
    for number in order:
        kept.offer(str(number), number)
    assert kept.items() == again.items()
    assert len(kept.items()) == 7


def _rate(count: int, of: int) -> Estimate:
    return Estimate(count / of, 0, 1, count, of)


def test_a_language_that_is_served_worse_is_named_and_chance_is_not() -> None:
    """Given one language far below the others, and then none, when compared, then only that is found."""
    apart = parity({"de": _rate(80, 100), "en": _rate(82, 100), "hi": _rate(30, 100)}, higher_is_better=True)
    alike = parity({"de": _rate(80, 100), "en": _rate(82, 100), "hi": _rate(78, 100)}, higher_is_better=True)
    assert apart is not None
    assert alike is not None
    assert (apart.worst, apart.median) == ("hi", 0.8)
    assert apart.gap == pytest.approx(0.5)
    assert apart.low > 0.3
    assert apart.chance < 0.001
    assert alike.chance > 0.1


def test_false_flags_are_worst_where_they_are_most() -> None:
    """Given false flags, when compared, then the worst is the highest; small languages are left out."""
    rates = {"de": _rate(5, 100), "en": _rate(6, 100), "hi": _rate(30, 100), "tr": _rate(5, 5)}
    found = parity(rates, higher_is_better=False)
    assert found is not None
    assert found.worst == "hi"
    assert parity({"de": _rate(5, 100), "en": _rate(6, 100)}, higher_is_better=True) is None
