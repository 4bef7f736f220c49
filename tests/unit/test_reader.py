"""The ends of one moment: passed when every partition has been read that far."""

from hypothesis import given
from hypothesis import strategies as st

from stream.core.reader import Ends


def test_an_empty_topic_has_nothing_to_pass() -> None:
    assert Ends({}).are_passed
    assert Ends({0: 0, 1: 0}).are_passed


def test_an_end_is_passed_by_the_position_that_reaches_it() -> None:
    # Given a partition that ended at 5
    ends = Ends({0: 5, 1: 0})
    # When the offset before it is all that was read
    ends.passed(0, 4)
    assert not ends.are_passed
    # Then reaching it is what counts, records there or not
    ends.passed(0, 5)
    assert ends.are_passed


def test_positions_of_unknown_partitions_change_nothing() -> None:
    ends = Ends({0: 5})
    ends.passed(7, 100)
    assert not ends.are_passed


@given(
    st.dictionaries(st.integers(0, 3), st.integers(0, 5)),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6))),
)
def test_ends_are_passed_exactly_when_each_partition_was(
    ends: dict[int, int], positions: list[tuple[int, int]]
) -> None:
    # Given any ends and any course of reading
    passing = Ends(ends)
    for partition, position in positions:
        passing.passed(partition, position)
    # Then they are passed when the furthest position of each partition lies at or beyond its end
    furthest = {partition: max(p for q, p in positions if q == partition) for partition, _ in positions}
    assert passing.are_passed == all(furthest.get(partition, 0) >= end for partition, end in ends.items())
