"""A reader knows how old its knowledge is, and never believes that it is newer than it is."""

from hypothesis import given
from hypothesis import strategies as st

from stream.client.freshness import PASS_WITHIN_S, Freshness


def test_nothing_is_fresh_before_the_first_ends_are_passed() -> None:
    # Given the ends of a start
    freshness = Freshness()
    assert freshness.as_of is None
    freshness.learn(100.0, {0: 5, 1: 2})
    # When one partition is read that far, and the other not
    freshness.read({0: 5, 1: 1}, 101.0)
    assert freshness.as_of is None
    # Then the last one decides, and the moment is that of the question
    freshness.read({0: 5, 1: 2}, 102.0)
    assert freshness.as_of == 100.0


def test_an_empty_topic_is_passed_at_once() -> None:
    freshness = Freshness()
    freshness.learn(100.0, {0: 0})
    freshness.read({}, 100.1)
    assert freshness.as_of == 100.0


def test_a_reader_that_is_always_a_little_behind_still_learns() -> None:
    # Given ends that are asked for every second, and a reader three seconds behind
    freshness = Freshness()
    for second in range(100, 140):
        freshness.learn(float(second), {0: second})
        freshness.read({0: second - 3}, float(second))
    # Then its staleness stays at about that
    assert freshness.as_of is not None
    assert 139 - freshness.as_of <= 7


def test_ends_that_took_longer_than_compaction_waits_count_for_nothing() -> None:
    # Given a start that takes very long
    freshness = Freshness()
    freshness.learn(100.0, {0: 1_000})
    freshness.learn(110.0, {0: 1_500})
    # When the first ends are passed too late
    freshness.read({0: 1_200}, 100.0 + PASS_WITHIN_S + 1)
    # Then compaction may have removed what came before them: newer ones must be passed, and soon
    assert freshness.as_of is None
    freshness.learn(200.0, {0: 2_000})
    freshness.read({0: 2_000}, 201.0)
    assert freshness.as_of == 200.0


def test_late_ends_give_way_to_new_ones_before_they_are_passed() -> None:
    freshness = Freshness()
    freshness.learn(100.0, {0: 10})
    freshness.learn(101.0 + PASS_WITHIN_S, {0: 20})
    freshness.read({0: 15}, 102.0 + PASS_WITHIN_S)
    assert freshness.as_of is None
    freshness.read({0: 20}, 103.0 + PASS_WITHIN_S)
    assert freshness.as_of == 101.0 + PASS_WITHIN_S


def test_what_was_known_stands_while_newer_ends_are_late() -> None:
    freshness = Freshness()
    freshness.learn(100.0, {0: 1})
    freshness.read({0: 1}, 100.0)
    freshness.learn(200.0, {0: 9})
    freshness.read({0: 9}, 201.0 + PASS_WITHIN_S)
    assert freshness.as_of == 100.0


def test_a_log_that_is_not_what_it_was_is_not_fresh() -> None:
    freshness = Freshness()
    freshness.learn(100.0, {0: 1})
    freshness.read({0: 1}, 100.0)
    freshness.forget()
    freshness.read({0: 1}, 100.0)
    assert freshness.as_of is None


steps = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3), st.integers(0, 6)), max_size=60)


@given(steps)
def test_freshness_never_claims_a_moment_whose_records_are_unread(
    course: list[tuple[int, int, int]],
) -> None:
    # Given a log that grows, a clock, and a reader that follows in any rhythm
    freshness = Freshness()
    now, end, position = 0.0, 0, 0
    ends_at: dict[float, int] = {}
    for waited, written, read in course:
        now += waited
        end += written
        ends_at.setdefault(now, end)
        freshness.learn(now, {0: ends_at[now]})
        position = min(end, position + read)
        freshness.read({0: position}, now)
        # Then whatever it claims was read, and never goes back
        claimed = freshness.as_of
        assert claimed is None or ends_at[claimed] <= position
