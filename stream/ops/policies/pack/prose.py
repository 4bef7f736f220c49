"""Sentences of other people brought into our lines. Pure."""

import re
from collections.abc import Iterable, Mapping
from textwrap import fill

from stream.ops.policies.pack.source import SourceRule

WIDTH = 115


def prose(rule: SourceRule) -> str:
    """The rule in words: what its items are called, never the texts that show them."""
    titles = "; ".join(unquoted(item.title) for item in rule.items if item.title)
    parts = [f"{rule.title.strip(' .')}.", unquoted(rule.prose), f"{titles}." if titles else ""]
    return " ".join(re.sub(r"\s+", " ", " ".join(part for part in parts if part)).split())


def unquoted(text: str) -> str:
    """Without what stands in quotation marks: `such as "a text"` says nothing more in a rule."""
    bare = re.sub(r'(?:,? such as |: ?|,? e\.g\.,? ?|;? ?or )?["“][^"”]*["”]', "", text)
    return re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\(\s*\)|\*\*", "", bare)).strip(" :;")


def renamed(text: str, clauses: Mapping[str, str]) -> str:
    """With our clauses for its codes."""
    for code, clause in sorted(clauses.items(), reverse=True):
        text = re.sub(rf"\b{code}\b", clause, text)
    return text


def wrapped(lines: Iterable[str]) -> str:
    """Each paragraph filled; none begins like a heading."""
    return "\n".join(filled(one_line(line).lstrip("# ")) for line in lines if line.strip("# "))


def one_line(text: str) -> str:
    """Each run of white space one blank."""
    return " ".join(text.split())


def filled(text: str, indent: str = "") -> str:
    """Whole words a line: no hyphen is where a reader, or a search, does not expect it."""
    return fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
