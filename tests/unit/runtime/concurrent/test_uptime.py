"""The clock of deadlines, under anything that an answerer may do."""

from hypothesis import given
from hypothesis import strategies as st

from stream.runtime.concurrent.uptime import Uptime
from tests.unit.runtime.concurrent.rig import Clock

MOST = 60.0
stories = st.lists(st.tuples(st.sampled_from(("away", "back", "look")), st.integers(0, 200)), max_size=30)


@given(stories)
def test_it_never_goes_back_nor_faster_than_time(story: list[tuple[str, int]]) -> None:
    clock = Clock()
    uptime = Uptime(clock, MOST)
    for what, seconds in story:
        before = uptime()
        if what == "away":
            uptime.away()
        elif what == "back":
            uptime.back()
        assert uptime() == before
        clock.pass_by(seconds)
        assert 0 <= uptime() - before <= seconds


@given(st.integers(0, 1_000))
def test_it_stands_still_from_a_refusal_on_for_so_long_at_most(seconds: int) -> None:
    clock = Clock()
    uptime = Uptime(clock, MOST)
    begun = uptime()
    uptime.away()
    clock.pass_by(seconds)

    assert uptime() - begun == max(0, seconds - MOST)


def test_refusals_that_go_on_prolong_it_and_an_answer_ends_it() -> None:
    clock = Clock()
    uptime = Uptime(clock, MOST)
    begun = uptime()
    for _ in range(100):
        uptime.away()
        clock.pass_by(5)
    assert uptime() == begun

    uptime.back()
    clock.pass_by(7)
    assert uptime() - begun == 7
