"""The codec of completed offsets: whole round trips, and always within what a broker stores."""

from base64 import b85encode
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.errors import Unreadable
from stream.ports import MAX_METADATA
from stream.runtime.concurrent.offsets import MAX_SPAN, decode, encode

bases = st.integers(0, 2**62)


@st.composite
def patterns(draw: st.DrawFn) -> list[int]:
    """Done places above 0: free ones, and runs and densities of every size."""
    if draw(st.booleans()):
        return sorted(draw(st.sets(st.integers(1, MAX_SPAN - 1), max_size=200)))
    random, share = Random(draw(st.integers(0, 2**32))), draw(st.floats(0, 1))
    return [place for place in range(1, draw(st.integers(1, MAX_SPAN))) if random.random() < share]


@given(bases, patterns())
def test_what_is_encoded_comes_back_and_fits_a_commit(base: int, places: list[int]) -> None:
    done = [base + place for place in places]

    metadata = encode(base, done)

    assert decode(base, metadata) == set(done)
    assert len(metadata) <= MAX_METADATA
    assert metadata.isascii()


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9, 0.98])
def test_the_worst_patterns_over_the_whole_span_fit(share: float) -> None:
    random = Random(7)
    done = [place for place in range(1, MAX_SPAN) if random.random() < share] + [MAX_SPAN - 1]

    assert len(encode(0, sorted(set(done)))) <= MAX_METADATA


def test_nothing_done_is_no_metadata() -> None:
    assert encode(5, []) == ""
    assert decode(5, "") == frozenset()


def test_long_runs_are_told_as_runs_and_scattered_offsets_as_bits() -> None:
    assert len(encode(0, range(1, MAX_SPAN))) < 10
    assert encode(0, range(1, MAX_SPAN)).startswith("R")
    assert encode(0, range(1, 4_000, 2)).startswith("B")


def test_more_than_the_span_is_refused_before_it_reaches_a_broker() -> None:
    encode(100, [100 + MAX_SPAN - 1])
    with pytest.raises(ValueError, match="within 24000"):
        encode(100, [100 + MAX_SPAN])


def test_offsets_at_or_below_the_base_are_refused() -> None:
    with pytest.raises(ValueError, match="within"):
        encode(100, [100, 101])


@given(bases, st.text(min_size=1, max_size=60) | st.text("RB0123456789abcXYZ~", min_size=1, max_size=60))
def test_foreign_metadata_is_malformed_or_read_but_never_anything_else(base: int, text: str) -> None:
    try:
        done = decode(base, text)
    except Unreadable:
        return
    assert all(base <= offset < base + MAX_SPAN + 8 for offset in done)


def test_a_run_of_absurd_length_is_malformed_rather_than_expanded() -> None:
    with pytest.raises(Unreadable, match="spans"):
        decode(0, "R" + b85encode(b"\x01\xff\xff\xff\xff\xff\xff\x7f").decode())
