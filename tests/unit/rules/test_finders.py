"""RE2 finds what is there: many expressions at once as each alone, and also where its memory runs out."""

from random import Random

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.rules import Re2Finders

ALPHABET = st.sampled_from("abc dé.ПпKKßſ1\n")
PIECES = st.sampled_from(
    ["a", "b+", "c?d", "[ab]c", "é", "(?i)п", "(?i)k", "(?i)ß", "1|a b", "^a", "b$", "."]
)


@given(
    st.lists(st.lists(PIECES, min_size=1, max_size=3).map("".join), max_size=8),
    st.text(ALPHABET, max_size=30),
)
def test_patterns_together_find_what_each_finds_alone(patterns: list[str], text: str) -> None:
    finders = Re2Finders()
    sound = [pattern for pattern in patterns if not finders.fault(pattern)]
    alone = [place for place, pattern in enumerate(sound) if re2.search(pattern, text)]
    assert sorted(finders.patterns(sound).find(text)) == alone


@given(
    st.lists(st.text(ALPHABET, min_size=1, max_size=4), max_size=8),
    st.text(ALPHABET | st.characters(), max_size=30),
)
def test_phrases_are_found_letter_by_letter(phrases: list[str], text: str) -> None:
    found = Re2Finders().phrases(phrases).find(text)
    assert sorted(found) == [place for place, phrase in enumerate(phrases) if phrase in text]


@pytest.mark.parametrize("memory", [1_000, 30_000, 60_000, 100_000, 150_000, 200_000, 400_000, 1_000_000])
def test_phrases_are_found_with_however_little_memory(memory: int) -> None:
    """RE2 answers that nothing is there when its memory runs out: nobody may take that for an answer."""
    draw = Random(3)
    phrases = ["".join(draw.choices("abcdefgh", k=9)) for _ in range(300)]
    text = "".join(draw.choices("abcdefgh", k=5_000)) + phrases[7] + "x" + phrases[299]
    assert set(Re2Finders(memory).phrases(phrases).find(text)) >= {7, 299}


def test_thousands_of_patterns_are_found() -> None:
    patterns = [f"word{number}[!?]+x" for number in range(3_000)]
    assert Re2Finders().patterns(patterns).find("a word2999!?x word0!x") == [0, 2_999]
