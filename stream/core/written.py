"""Text as people wrote it, brought to one form for comparison. Pure; for ASCII it is one call of `lower`.

plain: compatibility forms resolved (NFKC: ｗｉｄｅ → wide), invisible characters taken out; case stays.
folded: plain, in one case, without diacritics, each run of white space one blank.
"""

import re
import unicodedata
from typing import Literal

_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""Unicode's default-ignorable characters: they show nothing, and part a word for a machine alone."""


_STACKING = "".join(one for one in map(chr, range(0x0300, 0x20000)) if unicodedata.combining(one))
_STACKED = re.compile(f"[{''.join(one for one in _STACKING if one <= chr(0xFFFF))}]")
_RARE = re.compile("[\U00010000-\U0001efff]")
"""Asked first, for most texts have neither: a set beyond the basic plane is ten times as slow.
All marks beyond it lie below the emoji."""
_LONG_STACK = re.compile(f"([{_STACKING}]{{30}})[{_STACKING}]+")


def normalised(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """Unicode's normalisation, in linear time: of marks on one letter the first 30 stay.

    Marks are sorted by insertion, so thousands on one letter take seconds. Thirty are the bound of Unicode's
    Stream-Safe Text Format (UAX #15, section 13).
    """
    if _STACKED.search(text) or _RARE.search(text):
        text = _LONG_STACK.sub(r"\1", text)
    return unicodedata.normalize(form, text)


def _is_diacritic(one: str) -> bool:
    """A mark above, below or through a letter, or a vowel point; never what makes another kana."""
    place = unicodedata.combining(one)
    return place >= 200 or 10 <= place <= 36 or place == 1


_MARKS = (*range(0x0300, 0x3100), *range(0xA600, 0xAC00), *range(0xFE20, 0xFE30))
_DIACRITICS = re.compile(f"[{''.join(one for one in map(chr, _MARKS) if _is_diacritic(one))}]+")
_WITHOUT_SPACES = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf"
    r"\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that put no space around a word, or join its endings on: Thai, Khmer, kana, Han, Hangul."""


def plain(text: str) -> str:
    """The text with compatibility forms resolved and invisible characters taken out."""
    if text.isascii():
        return text
    return normalised("NFKC", _INVISIBLE.sub("", text))


def folded(text: str) -> str:
    """The plain text in one case, without diacritics, each run of white space one blank."""
    if not text.isascii():
        apart = normalised("NFKD", _INVISIBLE.sub("", text).casefold()).casefold()
        text = _DIACRITICS.sub("", apart)
    return _BLANKS.sub(" ", text.lower()).strip()


def bounded(text: str, words: str) -> bool:
    """Whether words occur in a text as words: not inside longer ones. Both folded.

    Where the words begin or end with what is no letter or digit, or with a letter of a script that puts no
    spaces around words, that side has no bound.
    """
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        if not (_joins(text[start - 1 : start], words[0]) or _joins(words[-1], text[end : end + 1])):
            return True
        start = text.find(words, start + 1)
    return False


def _joins(before: str, after: str) -> bool:
    """Whether two neighbours belong to one word."""
    return before.isalnum() and after.isalnum() and not _WITHOUT_SPACES.search(before + after)
