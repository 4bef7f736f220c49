"""Shares of one window: reserves stay free for their lanes, and nothing goes over the cap."""

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.runtime.concurrent.budget import Budget


def test_a_reserve_is_kept_free_for_its_lane() -> None:
    budget = Budget(10, {"bulk": 0, "priority": 3})

    budget.take("bulk", 7)

    assert budget.room("bulk") == 0
    assert budget.room("priority") == 3


def test_a_lane_may_go_beyond_its_reserve_where_there_is_room() -> None:
    budget = Budget(10, {"bulk": 0, "priority": 3})

    budget.take("priority", 10)

    assert budget.held == 10
    assert budget.room("bulk") == 0


def test_what_is_given_back_can_be_taken_again() -> None:
    budget = Budget(2, {"bulk": 0})
    budget.take("bulk", 2)

    budget.give("bulk", 1)

    assert budget.room("bulk") == 1


def test_the_most_a_lane_can_hold_leaves_the_others_reserves() -> None:
    budget = Budget(100, {"bulk": 0, "priority": 20, "urgent": 5})

    assert budget.most("bulk") == 75
    assert budget.most("priority") == 95


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 5), min_size=1),
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans())),
)
def test_taking_what_there_is_room_for_never_breaks_the_cap_nor_a_reserve(
    reserved: dict[str, int], moves: list[tuple[str, bool]]
) -> None:
    budget, held = Budget(16, reserved), dict.fromkeys(reserved, 0)
    for lane, takes in moves:
        if lane not in reserved:
            continue
        if takes and budget.room(lane) >= 1:
            budget.take(lane, 1)
            held[lane] += 1
        elif not takes and held[lane]:
            budget.give(lane, 1)
            held[lane] -= 1
        assert sum(held.values()) <= 16
        for other, reserve in reserved.items():
            assert budget.room(other) >= reserve - held[other]
