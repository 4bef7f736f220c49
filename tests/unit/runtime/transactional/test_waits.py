"""The oldest wait: exact whatever comes, goes, is written again or restored."""

from hypothesis import given
from hypothesis import strategies as st

from stream.ports import NEVER
from stream.runtime.transactional.table import Table
from stream.runtime.transactional.waits import Waits

keys = st.sampled_from([b"a", b"b", b"c", b"d"])
states = st.none() | st.integers(0, 20_000)


def head(state: bytes) -> tuple[int, int, int]:
    return NEVER, int.from_bytes(state, "big"), 3


def test_nothing_waits_at_first() -> None:
    assert Waits().oldest == NEVER


@given(st.lists(st.tuples(keys, states), max_size=40))
def test_the_oldest_is_that_of_the_states_that_are_there(writes: list[tuple[bytes, int | None]]) -> None:
    # Given any writes of a few keys: None removes one, 0 is a state that does not wait
    table = Table(head)
    expected: dict[bytes, int] = {}
    for key, began in writes:
        table.put(key, None if began is None else began.to_bytes(8, "big"), 0)
        expected.pop(key, None)
        if began is not None:
            expected[key] = began
    # Then the oldest is the least of those that wait, to the second
    waiting = [began for began in expected.values() if began]
    assert table.waits.oldest == (min(waiting) // 1_000 * 1_000 if waiting else NEVER)
    # And the weight is that of as many states as there are
    assert table.weight == 3 * len(expected)
