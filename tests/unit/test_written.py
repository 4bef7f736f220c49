"""Forms of a text: in linear time, whatever somebody stacks on a letter."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from stream.core.checks import folded as quotable
from stream.core.fingerprint import fingerprint
from stream.core.written import folded, normalised, plain

MARKS = "\u0301\u0323\u0327\u0334"


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("a\u00e9" + MARKS), max_size=60))
def test_what_people_write_is_normalised_as_unicode_says(text: str) -> None:
    assert normalised("NFKC", text) == unicodedata.normalize("NFKC", text)
    assert normalised("NFKD", text) == unicodedata.normalize("NFKD", text)


def test_of_marks_stacked_on_one_letter_thirty_stay() -> None:
    # Given a text that takes seconds to sort
    stacked = "a" + "\u0301" * 20_000 + "\u0323" * 20_000
    # Then every form of it is short
    assert len(normalised("NFKD", stacked)) == 31
    assert len(plain(stacked)) <= 31
    assert folded(stacked) == "a"
    assert len(quotable(stacked)) <= 31
    assert fingerprint(stacked) == fingerprint("a" + "\u0301" * 30)
