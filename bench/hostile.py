"""Patterns and texts that are made to be slow: RE2 beside Python's own `re`."""

import subprocess
import sys
import time
from collections.abc import Callable
from random import Random

from msgspec import Struct

from stream.adapters.rules import Re2Finders

LONGEST = 32_768
"""Characters of the longest post that the contract takes."""
PEER_SECONDS = 20.0
PEER_LENGTHS = (16, 20, 24, 28, 32)
HOSTILE = (
    ("(a+)+[^a!]", "a", "!"),
    ("(a?a)+[^a!]", "a", "!"),
    (r"(\w+)*[^\w!]", "ab", "!"),
    ("(.*a){12}[^a!]", "a", "!"),
    (r"a\w{14}[^ab!]", "ab", "!"),
)
"""A pattern, the letters of its text, and how the text ends. None has a word by which RE2 could pass it over;
the first four make a backtracking engine slow, the last has 16,000 states for an automaton.
"""


class Figure(Struct, frozen=True):
    """Seconds of one hostile text at a length and at eight times as much."""

    pattern: str
    short: float
    long: float

    @property
    def growth(self) -> float:
        """How much dearer a character is in the longer text: 1 is linear, 8 is quadratic."""
        return self.long / self.short / 8


def figure(pattern: str, unit: str, end: str) -> Figure:
    """Look for one pattern in texts of two lengths."""
    finder = Re2Finders().patterns([pattern])
    short, long = (_text(unit, length, end) for length in (LONGEST // 8, LONGEST))
    return Figure(pattern, _seconds(finder.find, short), _seconds(finder.find, long))


def _text(unit: str, length: int, end: str) -> str:
    return "".join(Random(3).choices(unit, k=length - len(end))) + end


def _seconds(find: Callable[[str], object], text: str) -> float:
    """The least of several: what else runs on the machine only adds."""
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        find(text)
        times.append(time.perf_counter() - begun)
    return min(times)


def peer(pattern: str, unit: str, end: str) -> str:
    """How far Python's own `re` comes with the same pattern, by text length, before it is ended."""
    said = "quick up to 32,768"
    for length in (*PEER_LENGTHS, 1_024, 4_096, LONGEST):
        text = _text(unit, length, end)
        begun = time.perf_counter()
        try:
            subprocess.run(
                [sys.executable, "-c", f"import re; re.search({pattern!r}, {text!r})"],
                timeout=PEER_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            return f"{length:,} characters: not done after {PEER_SECONDS:g} s"
        seconds = time.perf_counter() - begun
        if seconds > 1:
            said = f"{length:,} characters: {seconds:.1f} s"
    return said
