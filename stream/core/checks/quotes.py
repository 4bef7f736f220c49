"""What a faithful quote may differ in from the content that it quotes. Pure."""

import unicodedata
from functools import lru_cache

from stream.core.written import normalised

# A quote may neither hold a double quotation mark nor a backslash (see result.py), so the comparison drops
# both, and every look-alike of a quotation mark, from the content too.
_MARKS = "\"\\'`´‘’‚‛“”„‟«»‹›"
# Nobody sees these, so a model that copies words may leave them out: joiners, selectors, fillers.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
# Models write hyphens, dashes and the minus sign as they please.
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_FOLDED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, _MARKS + _UNSEEN), None),
    **dict.fromkeys(map(ord, _DASHES), "-"),
}


def folded(text: str) -> str:
    """Fold what a quote may differ in: Unicode form, case, dashes, white space, quotation marks, no width."""
    composed = normalised("NFKC", text)
    if not composed.isascii():
        # What had no width can have kept letters apart that belong together.
        composed = normalised("NFKC", "".join(c for c in composed if not _unseen(c)))
    return " ".join(composed.translate(_FOLDED).casefold().split())


def stands_in(quote: str, content: str) -> bool:
    """Whether a quote stands in a content, both folded; what an ellipsis parts must stand there in order."""
    start = 0
    for part in filter(None, map(str.strip, quote.split("..."))):
        found = content.find(part, start)
        if found < 0:
            return quote in content
        start = found + len(part)
    return True


@lru_cache(maxsize=4_096)
def _unseen(character: str) -> bool:
    number = ord(character)
    selector = 0xFE00 <= number <= 0xFE0F or 0xE0100 <= number <= 0xE01EF
    return selector or character in _UNSEEN or unicodedata.category(character) == "Cf"
