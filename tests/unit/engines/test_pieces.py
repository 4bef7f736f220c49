"""Long texts are encoded in pieces: the same tokens where there are blanks, and never much at once."""

from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.vllm.harmony import PIECE, Harmony, pieces


@given(st.text(st.sampled_from("ab \n漢<|end|>"), max_size=3 * PIECE))
def test_nothing_is_lost_and_no_piece_is_long(text: str) -> None:
    parts = list(pieces(text))
    assert "".join(parts) == text
    assert all(len(part) <= PIECE for part in parts)


def test_a_text_with_blanks_has_the_tokens_that_it_has_whole() -> None:
    harmony = Harmony()
    text = "Somebody wrote a long and rather ordinary text, about nothing at all; " * 200
    whole = harmony._encoding.encode(text, disallowed_special=())
    assert harmony.count(text) == len(whole)


def test_a_text_without_any_blank_comes_back_as_it_was() -> None:
    harmony = Harmony()
    text = "漢字" * 5_000
    tokens = harmony._plain(text)
    assert harmony._encoding.decode_utf8(tokens) == text
