"""The tracker against a plain model: the set of offsets delivered, done, and not yet known."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from stream.ports import MAX_METADATA
from stream.runtime.concurrent.offsets import MAX_SPAN, decode, encode
from stream.runtime.concurrent.tracker import Tracker


def complete(tracker: Tracker, *offsets: int) -> None:
    for offset in offsets:
        tracker.admit(offset)
    for offset in offsets:
        tracker.complete(offset)


def test_completions_out_of_order_move_the_base_to_the_first_open_offset() -> None:
    tracker = Tracker(10)
    for offset in (10, 11, 12, 13):
        tracker.admit(offset)

    tracker.complete(12)
    tracker.complete(10)

    assert tracker.position() == (11, [12])


def test_a_done_offset_exactly_at_the_base_is_not_forgotten() -> None:
    # Given a member before us that finished 101 and not 100
    tracker = Tracker(100, done={101})

    # When 100 is done and nothing else is open
    complete(tracker, 100)

    # Then the base steps over 101, instead of standing at it and dropping it from what is told
    assert tracker.position() == (102, [])


def test_what_the_base_has_stepped_over_is_not_handed_out_when_it_is_delivered_later() -> None:
    # Given a done offset that the base stepped over before it was delivered again
    tracker = Tracker(100, done={101, 102})
    complete(tracker, 100)
    assert tracker.position() == (103, [])

    assert [tracker.admit(offset) for offset in (101, 102, 103)] == [False, False, True]


def test_what_the_metadata_names_is_not_handed_out_again() -> None:
    tracker = Tracker(100, done={101, 103})

    assert [tracker.admit(offset) for offset in (100, 101, 102, 103)] == [True, False, True, False]


def test_a_record_delivered_twice_is_admitted_once() -> None:
    tracker = Tracker(0)

    assert tracker.admit(0)
    assert not tracker.admit(0)
    tracker.complete(0)
    assert not tracker.admit(0)


def test_holes_count_as_done() -> None:
    # Given offsets 1 to 8 that are never delivered (an aborted batch)
    tracker = Tracker(0)

    complete(tracker, 0, 9)

    assert tracker.position() == (10, [])


def test_the_end_steps_over_markers_so_that_lag_reaches_zero() -> None:
    tracker = Tracker(0)
    complete(tracker, 0)

    tracker.reach_end(2)

    assert tracker.position() == (2, [])


def test_the_end_does_not_step_over_what_is_open() -> None:
    tracker = Tracker(0)
    tracker.admit(0)

    tracker.reach_end(2)

    assert tracker.position() == (0, [])


def test_an_offset_far_beyond_a_hole_waits_while_an_earlier_one_is_open() -> None:
    tracker = Tracker(0)
    tracker.admit(0)

    assert tracker.fits(MAX_SPAN - 1)
    assert not tracker.fits(MAX_SPAN)
    assert not tracker.fits(40_000)


def test_an_offset_far_beyond_a_hole_is_welcome_when_nothing_is_open() -> None:
    tracker = Tracker(0)
    complete(tracker, 0)

    assert tracker.fits(5_000_000)
    complete(tracker, 5_000_000)
    assert tracker.position() == (5_000_001, [])


def test_the_span_reaches_from_the_first_open_offset_to_the_last_admitted() -> None:
    tracker = Tracker(0)
    assert tracker.span == 0
    for offset in (3, 4, 90):
        tracker.admit(offset)
    tracker.complete(3)

    assert tracker.span == 87


@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 60))
def test_each_offset_is_handed_out_until_it_is_told_done(seed: int, lives: int, work: int) -> None:
    """Each life starts from the position of the one before and completes some of its work in random order."""
    random = Random(seed)
    delivered = sorted(random.sample(range(100), 50))  # the partition has holes
    base, done, finished = 0, frozenset[int](), set[int]()
    for _ in range(lives):
        tracker, open_ = Tracker(base, done), []
        for offset in delivered:
            if offset < base or not tracker.fits(offset):
                continue
            if tracker.admit(offset):
                assert offset not in finished
                open_.append(offset)
            else:
                assert offset in finished
        for offset in random.sample(open_, min(work, len(open_))):
            tracker.complete(offset)
            finished.add(offset)
        base, beyond = tracker.position()
        done = decode(base, encode(base, beyond))
        assert {o for o in delivered if o < base or o in done} == finished


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.floats(0, 0.98))
def test_whatever_fits_can_be_told(seed: int, share: float) -> None:
    """Offsets jump at random; what `fits` lets in never gives metadata over the limit."""
    random, tracker, offset = Random(seed), Tracker(0, done=range(1, 20_000, 7)), 0
    for _ in range(300):
        offset += random.choice((1, 1, 2, 50, 9_000))
        if not tracker.fits(offset):
            break
        if tracker.admit(offset) and random.random() < share:
            tracker.complete(offset)
        base, done = tracker.position()
        assert len(encode(base, done)) <= MAX_METADATA
