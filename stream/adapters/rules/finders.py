"""The `Finders` of `stream.core.rules` on RE2, whose automata take time linear in the text, whatever the
pattern: https://github.com/google/re2
"""

from collections.abc import Sequence

import re2

from stream.core.errors import Misconfigured
from stream.core.rules import Finder

_MEGABYTE = 1_048_576
_PATTERN_MEMORY = _MEGABYTE
"""What one pattern may take, its automaton's states included; what does not compile within it is refused."""
_PHRASES_MEMORY = 256 * _MEGABYTE
_TOGETHER = 500
"""Patterns in one filter: more of them would not fit RE2's own budget for their words."""
_SENTINEL = "sluice-sentinel-that-no-post-says"


class Re2Finders:
    """Implements `stream.core.rules.Finders`.

    Args:
        phrases_memory: bytes that the phrases' automaton may take; beyond, they are looked for one by one.
    """

    def __init__(self, phrases_memory: int = _PHRASES_MEMORY) -> None:
        self._phrases_memory = phrases_memory

    def phrases(self, phrases: Sequence[str]) -> Finder:
        """See `stream.core.rules.Finders`."""
        return _Phrases(phrases, self._phrases_memory)

    def patterns(self, patterns: Sequence[str]) -> Finder:
        """See `stream.core.rules.Finders`."""
        return _Patterns(patterns)

    def fault(self, pattern: str) -> str:
        """See `stream.core.rules.Finders`."""
        try:
            found = re2.compile(pattern, _options(_PATTERN_MEMORY))
        except (re2.error, UnicodeError) as error:
            said = error.args[0] if error.args else error
            return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return "it matches every text, the empty one too" if found.search("") else ""


class _Phrases:
    """One automaton over all phrases, its states made as texts need them."""

    def __init__(self, phrases: Sequence[str], memory: int) -> None:
        self._phrases = phrases
        self._set = re2.Set.SearchSet(_options(memory, literal=True))
        # Every text has the empty one: where it is not found, the automaton ran out of memory, and RE2's
        # answer of nothing does not mean that nothing is there.
        self._set.Add("")
        for phrase in phrases:
            self._set.Add(_bytes(phrase))
        try:
            self._set.Compile()
        except re2.error:
            self._set = None

    def find(self, text: str) -> Sequence[int]:
        found = self._set.Match(_bytes(text)) if self._set is not None else None
        if found and found[0] == 0:
            return [place - 1 for place in found[1:]]
        return [place for place, phrase in enumerate(self._phrases) if phrase in text]


class _Patterns:
    """Filters: an automaton over the words that patterns cannot match without, then those that still may."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._filters = [
            (start, _filter(patterns[start : start + _TOGETHER]))
            for start in range(0, len(patterns), _TOGETHER)
        ]

    def find(self, text: str) -> Sequence[int]:
        said = _bytes(text)
        return [start + place for start, one in self._filters for place in one.Match(said) or ()]


def _filter(patterns: Sequence[str]) -> re2.Filter:
    made = re2.Filter()
    options = _options(_PATTERN_MEMORY)
    for pattern in (*patterns, _SENTINEL):
        made.Add(_bytes(pattern), options)
    made.Compile()
    # An automaton that has no memory to begin with says so to nobody, and finds nothing in any text.
    if len(patterns) not in (made.Match(_SENTINEL) or ()):
        raise Misconfigured(
            f"{len(patterns)} patterns are too large together: shorten them, or write phrases"
        )
    return made


def _options(memory: int, *, literal: bool = False) -> re2.Options:
    options = re2.Options()
    options.max_mem = memory
    options.literal = literal
    options.log_errors = False
    options.never_capture = True
    return options


def _bytes(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which no JSON brings, as a question mark."""
    return text.encode("utf-8", "replace")
