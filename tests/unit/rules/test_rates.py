"""How often somebody posted lately: near enough, never more memory than allowed."""

from hypothesis import given
from hypothesis import strategies as st

from stream.core.rules import Per, Rate, Rates

RATE = Rate(3, 1_000, Per.AUTHOR)


def test_a_rate_is_reached_within_its_window_and_passes() -> None:
    rates = Rates()
    reached = [rates.reaches("r", RATE, "a", at, counts=True) for at in (0, 10, 20, 990, 2_999)]
    assert reached == [False, False, True, True, False]


def test_what_was_in_the_window_before_counts_as_far_as_it_overlaps() -> None:
    rates = Rates()
    for at in (100, 200, 300, 400):
        rates.reaches("r", RATE, "a", at, counts=True)
    # Three quarters of the window before are still within a second: 1 + 4 * 0.75
    assert rates.reaches("r", RATE, "a", 1_250, counts=True)
    # 2 + 4 * 0.1
    assert not rates.reaches("r", RATE, "a", 1_900, counts=True)


def test_rules_and_subjects_are_counted_apart() -> None:
    rates = Rates()
    pairs = [(rule, subject) for rule in "rs" for subject in "ab"] * 2
    assert not any(rates.reaches(rule, RATE, subject, 5, counts=True) for rule, subject in pairs)


@given(st.lists(st.tuples(st.sampled_from("rst"), st.integers(0, 99), st.integers(0, 5_000)), max_size=300))
def test_memory_is_bounded_whatever_comes(posts: list[tuple[str, int, int]]) -> None:
    rates = Rates(most=12)
    rates.keep("rst")
    for rule, subject, at in posts:
        rates.reaches(rule, RATE, str(subject), at, counts=True)
        assert len(rates) <= 12


def test_who_posted_longest_ago_is_forgotten_first_and_rules_that_went_at_once() -> None:
    rates = Rates(most=2)
    rates.keep(["r"])
    for subject in ("a", "a", "b", "a", "c"):
        rates.reaches("r", RATE, subject, 5, counts=True)
    assert rates.reaches("r", RATE, "a", 6, counts=False)
    assert not rates.reaches("r", RATE, "b", 6, counts=False)
    rates.keep([])
    assert len(rates) == 0


def test_a_rule_that_is_new_takes_its_part_of_the_memory_from_the_others() -> None:
    rates = Rates(most=10)
    rates.keep(["r"])
    for subject in range(10):
        rates.reaches("r", RATE, str(subject), 5, counts=True)
    rates.keep(["r", "s"])
    assert len(rates) == 5


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_a_rate_is_never_reached_by_fewer_posts_in_two_windows(times: list[int]) -> None:
    # The older window counts as a part of what it was: never as more than all that was posted.
    rates = Rates()
    for number, at in enumerate(sorted(times), start=1):
        if rates.reaches("r", RATE, "a", at, counts=True):
            recent = [one for one in sorted(times)[:number] if one > at - 2 * RATE.window]
            assert len(recent) >= RATE.posts
