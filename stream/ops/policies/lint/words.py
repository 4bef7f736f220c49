"""The words of a text, for comparison: all of them, or those that carry its meaning."""

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[a-z]{3,}")
_ENDING = re.compile(r"(?:ings?|ed|es|s|ly)$")
STOPWORDS = frozenset((
    "the", "and", "for", "with", "from", "that", "this", "which", "who", "whom", "whose", "what", "when",
    "where", "how", "why", "are", "was", "were", "been", "being", "has", "have", "had", "having", "does",
    "did", "doing", "done", "not", "nor", "but", "its", "his", "her", "their", "them", "they", "you",
    "your", "our", "one", "two", "any", "all", "some", "each", "every", "other", "others", "another",
    "more", "most", "less", "than", "then", "there", "here", "into", "onto", "about", "over", "under",
    "out", "off", "upon", "such", "can", "could", "would", "should", "will", "shall", "may", "might",
    "must", "also", "too", "only", "own", "same", "very", "just", "even", "still", "yet", "ever", "never",
    "always", "between", "among", "against", "because", "through", "during", "before", "after", "above",
    "below", "these", "those", "both", "either", "neither", "while", "until", "unless", "like", "test",
    "severity", "ends", "target", "thread",
))  # fmt: skip


def words(text: str) -> frozenset[str]:
    """All words, in lower case."""
    return frozenset(_WORD.findall(text.lower()))


@lru_cache(maxsize=4_096)
def meaning(text: str) -> frozenset[str]:
    """The words that carry an English text's meaning, without the commonest endings."""
    found = _LETTERS.findall(text.lower())
    return frozenset(_ENDING.sub("", word) if len(word) > 4 else word for word in found) - STOPWORDS


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: words in both over words in either, 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if one or other else 0.0


def alike(one: frozenset[str], other: frozenset[str], least: float) -> bool:
    """Whether two texts are so like each other; sizes too far apart settle it without looking."""
    mine, yours = len(one), len(other)
    far = mine < least * yours or yours < least * mine
    return not far and likeness(one, other) >= least
