"""Two texts word by word: what stayed, what went, what came. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

from msgspec import Struct

KEPT = 6
"""Words that are shown around a change; what lies further off becomes a dash."""
_WORD = re.compile(r"\s+|[^\s]+")


class Mark(StrEnum):
    """What became of some words."""

    SAME = "same"
    OUT = "out"
    IN = "in"
    LEFT_OUT = "left_out"
    """As before, and not repeated here."""


class Piece(Struct, frozen=True):
    """Words that share a fate."""

    mark: Mark
    text: str


def changed_words(before: str, after: str) -> tuple[Piece, ...]:
    """The second text as a change of the first; one piece `same` where they are equal."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(Mark.SAME, "".join(old[a:b])))
            continue
        pieces += [Piece(Mark.OUT, "".join(old[a:b]))] if a < b else []
        pieces += [Piece(Mark.IN, "".join(new[c:d]))] if c < d else []
    return tuple(pieces)


def shortened(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The same with only some words around each change."""
    last = len(pieces) - 1
    return tuple(
        part
        for place, piece in enumerate(pieces)
        for part in _shortened(piece, begins=place == 0, ends=place == last)
    )


def _shortened(piece: Piece, *, begins: bool, ends: bool) -> Iterator[Piece]:
    words = _WORD.findall(piece.text)
    before, after = (0 if begins else 2 * KEPT), (0 if ends else 2 * KEPT)
    if piece.mark is not Mark.SAME or len(words) <= before + after + 2:
        yield piece
        return
    if before:
        yield Piece(Mark.SAME, "".join(words[:before]))
    yield Piece(Mark.LEFT_OUT, " … ")
    if after:
        yield Piece(Mark.SAME, "".join(words[-after:]))


def marked(pieces: tuple[Piece, ...]) -> str:
    """The pieces in one text, readable without colour: `[-gone-]` and `{+new+}`."""
    forms = {Mark.OUT: "[-{}-]", Mark.IN: "{{+{}+}}"}
    return "".join(forms.get(piece.mark, "{}").format(piece.text) for piece in pieces)
