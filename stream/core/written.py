"""Text as people wrote it, brought to one form for comparison. Pure; for ASCII it is one call of `lower`.

plain: compatibility forms resolved (NFKC: ｗｉｄｅ → wide), invisible characters taken out; case stays.
folded: plain, in one case, without diacritics, each run of white space one blank.
"""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys(
    (
        *(0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x180B, 0x1810),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE1000),
    )
)
"""Unicode's default-ignorable characters: they show nothing, and part a word for a machine alone."""

_WITHOUT_SPACES = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf"
    r"\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that put no space around a word, or join its endings on: Thai, Khmer, kana, Han, Hangul."""


def plain(text: str) -> str:
    """The text with compatibility forms resolved and invisible characters taken out."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE))


def folded(text: str) -> str:
    """The plain text in one case, without diacritics, each run of white space one blank."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.translate(_INVISIBLE).casefold()).casefold()
        text = "".join([one for one in apart if not _is_diacritic(one)])
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


def _is_diacritic(one: str) -> bool:
    """A mark above, below or through a letter, or a vowel point; never what makes another kana."""
    place = unicodedata.combining(one)
    return place >= 200 or 10 <= place <= 36 or place == 1
