"""The brake: no hour has more removals than the cap, whatever comes when; its memory is bounded."""

from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.core.brake import LEAST_USUAL, MAX_PLACES, Brake, Brakes
from stream.core.errors import Unreadable
from stream.core.removals import BUCKET, DAY_BUCKETS, HOUR_BUCKETS, MAX_KEYS

HOUR = 3_600_000
START = 1_800_000_000_000

pauses = st.one_of(st.integers(0, 1_000), st.integers(0, 10 * 60_000), st.integers(0, 3 * HOUR))
streams = st.lists(
    st.tuples(pauses, st.sampled_from(["spam", "hate"]), st.sampled_from(["feed", "chat"])), max_size=120
)


class Gate:
    """A brake that is asked about one removal after the other."""

    def __init__(self, said: Brakes, share: float = 1.0, live: range = range(1)) -> None:
        self.brake = Brake()
        self.said = said
        self.live = live
        self.share = share
        self.now = START
        self.made: list[tuple[int, str, str]] = []
        self._asked = 0

    def removes(
        self, *policies: str, surface: str = "feed", place: str | None = None, partition: int = 0
    ) -> bool:
        """Whether one more removal may be made."""
        self._asked += 1
        why = self.brake.why_not(
            self.said,
            policies,
            surface,
            place=place or f"o{partition}-{self._asked}",
            partition=partition,
            live=self.live,
            now=self.now,
            share=self.share,
        )
        if not why:
            self.made += [(self.now, policy, surface) for policy in policies]
        return not why

    def dies(self) -> None:
        """Another process takes its place, and its partitions with what they take along."""
        kept = {number: self.brake.kept(number, self.now) for number in self.live}
        self.brake = Brake()
        for number, each in kept.items():
            self.brake.restored(number, each, self.now)

    def most_in_an_hour(self, policy: str, surface: str) -> int:
        """The most that any window of an hour has."""
        at = [when for when, name, where in self.made if (name, where) == (policy, surface)]
        return max((sum(end - HOUR < one <= end for one in at) for end in at), default=0)


@given(streams, st.integers(0, 12), st.floats(0.01, 1))
@settings(deadline=None)
def test_no_hour_has_more_than_a_gates_share_of_the_cap(
    stream: list[tuple[int, str, str]], cap: int, share: float
) -> None:
    gate = Gate(Brakes(removals_an_hour=cap), share)
    for pause, policy, surface in stream:
        gate.now += pause
        gate.removes(policy, surface=surface)
    for policy in ("spam", "hate"):
        for surface in ("feed", "chat"):
            assert gate.most_in_an_hour(policy, surface) <= ceil(cap * share)


@given(streams, st.integers(0, 12), st.floats(0.01, 1), st.sets(st.integers(0, 119)))
@settings(deadline=None)
def test_nor_has_any_hour_in_which_gates_die(
    stream: list[tuple[int, str, str]], cap: int, share: float, deaths: set[int]
) -> None:
    gate = Gate(Brakes(removals_an_hour=cap), share, range(3))
    for number, (pause, policy, surface) in enumerate(stream):
        gate.now += pause
        if number in deaths:
            gate.dies()
        gate.removes(policy, surface=surface, partition=number % 3)
    for policy in ("spam", "hate"):
        for surface in ("feed", "chat"):
            assert gate.most_in_an_hour(policy, surface) <= ceil(cap * share)


def test_a_gate_that_dies_at_every_removal_makes_no_more_than_one_that_lives() -> None:
    gate = Gate(Brakes(removals_an_hour=5))
    for _ in range(200):
        gate.now += HOUR // 300
        gate.removes("spam")
        gate.dies()
    assert len(gate.made) == 5


def test_a_partition_takes_its_count_along_to_another_gate() -> None:
    # Given two gates with half of the partitions each, and half of the cap
    first, second = (Gate(Brakes(removals_an_hour=8), 0.5, live) for live in (range(2), range(2, 4)))
    for gate in (first, second):
        assert sum(gate.removes("spam", partition=number) for number in gate.live for _ in range(9)) == 4
    # When one dies and the other has all partitions, and with them the whole cap
    for number in first.live:
        second.brake.restored(number, first.brake.kept(number, first.now), second.now)
    second.live, second.share = range(4), 1.0
    # Then it is used up
    assert not any(second.removes("spam", partition=number) for number in second.live)


def test_a_record_that_another_gate_did_not_commit_is_counted_where_it_comes_again() -> None:
    # Given a removal whose transaction ended with its owner, and the partition came back without it
    gate = Gate(Brakes(removals_an_hour=1))
    assert gate.removes("spam", place="o0-7")
    gate.brake.restored(0, b"", gate.now)
    # When its record comes again, then it counts
    assert gate.removes("spam", place="o0-7")
    assert not gate.removes("spam", place="o0-8")


def test_what_a_partition_takes_along_is_the_last_hour_and_no_more() -> None:
    gate = Gate(Brakes(removals_an_hour=10**6))
    for number in range(400):
        gate.removes(f"policy-{number % 300}")
        gate.now += HOUR // 100
    assert 0 < len(gate.brake.kept(0, gate.now)) < 100 * HOUR_BUCKETS * 20
    assert gate.brake.kept(0, gate.now + 2 * HOUR) == b""
    assert gate.brake.kept(1, gate.now) == b""


def test_counts_of_another_format_are_no_counts() -> None:
    with pytest.raises(Unreadable, match="no counts of removals"):
        Brake().restored(0, b"\xc1", START)


@given(st.lists(st.tuples(st.integers(0, HOUR), st.integers(0, 2_000)), min_size=300, max_size=600))
@settings(max_examples=20, deadline=None)
def test_no_hour_has_more_than_the_cap_where_policies_share_a_count(stream: list[tuple[int, int]]) -> None:
    # Given more policies than are counted apart
    gate = Gate(Brakes(removals_an_hour=3))
    for number in range(MAX_KEYS):
        gate.removes(f"first-{number}")
    # When rare ones come and go, also after the shared count was left idle
    for pause, number in stream:
        gate.now += pause
        gate.removes(f"p{number % 7}")
    # Then none of them has more than the cap either
    assert all(gate.most_in_an_hour(f"p{number}", "feed") <= 3 for number in range(7))


@given(streams)
@settings(deadline=None)
def test_a_batch_that_is_run_again_gets_the_same_answers_and_is_counted_once(
    stream: list[tuple[int, str, str]],
) -> None:
    # Given a batch whose transaction was aborted
    gate = Gate(Brakes(removals_an_hour=5))
    batch = [(policy, surface, f"o1-{number}") for number, (_pause, policy, surface) in enumerate(stream)]
    first = [gate.removes(policy, surface=surface, place=place) for policy, surface, place in batch]
    # When it is run again some time later, then nothing is decided or counted anew
    gate.now += 1_000
    again = [gate.removes(policy, surface=surface, place=place) for policy, surface, place in batch]
    assert again == first
    for policy in ("spam", "hate"):
        for surface in ("feed", "chat"):
            allowed = sum(
                done for done, one in zip(first, batch, strict=True) if one[:2] == (policy, surface)
            )
            further = sum(gate.removes(policy, surface=surface) for _ in range(10))
            assert allowed + further == 5


def test_a_removal_needs_room_under_each_of_its_policies_and_counts_under_all_or_none() -> None:
    gate = Gate(Brakes(removals_an_hour=2, by_policy={"hate": 1}))
    assert gate.removes("hate", "spam")
    assert not gate.removes("hate", "spam")
    assert gate.removes("spam")
    assert not gate.removes("spam")


def test_an_hour_later_there_is_room_again() -> None:
    gate = Gate(Brakes(removals_an_hour=1))
    assert gate.removes("spam")
    gate.now += HOUR - 1
    assert not gate.removes("spam")
    gate.now += BUCKET + 1
    assert gate.removes("spam")


def test_without_a_word_of_the_set_nothing_is_braked() -> None:
    gate = Gate(Brakes())
    assert all(gate.removes("spam") for _ in range(5_000))


def steady(rate: int, hours: int) -> Gate:
    """A gate that has removed so many an hour, for so long, evenly."""
    gate = Gate(Brakes(times_usual=3))
    for _ in range(hours * rate):
        gate.now += HOUR // rate
        gate.removes("spam")
    return gate


@pytest.mark.parametrize("rate", [12, 60])
def test_beyond_so_many_times_the_usual_rate_people_are_asked(rate: int) -> None:
    gate = steady(rate, 30)
    burst = sum(gate.removes("spam") for _ in range(10 * rate))
    assert 1.8 * rate <= burst <= 2.2 * rate, "with the hour's own, three times the rate"


def test_what_is_usual_is_not_known_before_a_day_and_an_hour() -> None:
    gate = steady(60, 24)
    assert all(gate.removes("spam") for _ in range(1_000))


def test_a_partition_that_came_lately_neither_hides_nor_makes_what_is_unusual() -> None:
    # Given a gate that has counted one partition for long, and gets another one
    gate = steady(60, 30)
    gate.live = range(2)
    gate.brake.restored(1, b"", gate.now)
    # When both remove more than usual, then it is told of the one that it knows
    assert all(gate.removes("spam", partition=1) for _ in range(150))
    assert sum(gate.removes("spam", partition=0) for _ in range(600)) <= 2.2 * 60
    assert not gate.removes("spam", partition=1)


def test_a_few_removals_are_never_unusual() -> None:
    gate = steady(1, 30)
    assert sum(gate.removes("spam") for _ in range(100)) >= 3 * LEAST_USUAL - 2


def test_a_clock_that_steps_back_frees_nothing() -> None:
    gate = Gate(Brakes(removals_an_hour=2))
    assert gate.removes("spam")
    gate.now -= 5 * HOUR
    assert gate.removes("spam")
    assert not gate.removes("spam")


def test_memory_is_bounded_whatever_comes() -> None:
    gate = Gate(Brakes(removals_an_hour=10**9, times_usual=1_000))
    for number in range(3 * MAX_PLACES):
        gate.now += 60_000
        gate.removes(f"p{number % 997}", surface=f"s{number % 11}")
    counts = gate.brake._removals[0]._counts
    assert len(counts) <= MAX_KEYS + 1
    assert all(len(one) <= DAY_BUCKETS + HOUR_BUCKETS + 1 for one in counts.values())
    assert len(gate.brake._answers) <= MAX_PLACES
