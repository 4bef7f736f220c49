"""What a faithful quote may differ in from the content that it quotes. Pure."""

import unicodedata
from functools import lru_cache

# A quote may neither hold a double quotation mark nor a backslash (see result.py), so the comparison drops
# both, and every look-alike of a quotation mark, from the content too.
_MARKS = "\"\\'`´‘’‚‛“”„‟«»‹›"
# Nobody sees these, so a model that copies words may leave them out: joiners, selectors, fillers.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
_DROPPED = dict.fromkeys(map(ord, _MARKS + _UNSEEN))


def folded(text: str) -> str:
    """Fold what a quote may differ in: Unicode form, white space, quotation marks, what has no width."""
    composed = unicodedata.normalize("NFKC", text)
    if not composed.isascii():
        # What had no width can have kept letters apart that belong together.
        composed = unicodedata.normalize("NFKC", "".join(c for c in composed if not _unseen(c)))
    return " ".join(composed.translate(_DROPPED).split())


@lru_cache(maxsize=4_096)
def _unseen(character: str) -> bool:
    number = ord(character)
    selector = 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF
    return selector or character in _UNSEEN or unicodedata.category(character) == "Cf"
