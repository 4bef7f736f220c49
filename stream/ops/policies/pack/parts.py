"""The parts of a Markdown text: headings with the lines under them, and what each is for. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*#*$|^\*\*([^*]+?):?\*\*:?$")
LABEL = re.compile(r"\(\s*#?([A-Z]{2,5})([0-9]{1,2})\b[^)]*\)?")
ITEM = re.compile(r"^[-*•] +(.+)$")
_OWN_FORM = re.compile(
    r"\b(?:IN)?VALID\b|\bclassify each\b|^Output:|\blabels? format\b|^Examples:$", re.IGNORECASE
)
_KINDS = {
    "goal": ("goal", "overview", "scope", "purpose", "instruction", "policy (#", "interpretation"),
    "definitions": ("definition of terms", "definitions", "key terms", "terms"),
    "intent": ("intent",),
    "doubt": ("ambigu",),
    "shown": ("label format", "examples"),
}


class Part(NamedTuple):
    """A heading, its line from 1, and the lines under it without blank ones."""

    heading: str
    line: int
    lines: tuple[str, ...]


def parts_of(text: str) -> Iterator[Part]:
    """Cut at the headings; what stands before the first one has none."""
    heading, begun, lines = "", 1, list[str]()
    for number, written in enumerate(text.splitlines(), start=1):
        line = written.replace("\t", " ").strip()
        if found := _HEADING.match(line):
            yield Part(heading, begun, tuple(lines))
            heading, begun, lines = found[2] or found[3], number, []
        elif lead := re.match(r"^\*\*([A-Z][A-Z &]+):\*\* *(.+)$", line):
            yield Part(heading, begun, tuple(lines))
            heading, begun, lines = lead[1], number, [lead[2]]
        elif line:
            lines.append(line)
    yield Part(heading, begun, tuple(lines))


def kind_of(part: Part) -> str:
    """What a section is for, by its heading; empty where it has rules or no place."""
    if LABEL.search(part.heading):
        return ""
    heading = part.heading.lower()
    return next((kind for kind, words in _KINDS.items() if any(word in heading for word in words)), "")


def sentences(part: Part) -> Iterator[str]:
    """Its lines without what is said about the source's own form of answer."""
    for line in part.lines:
        if text := clean(ITEM.sub(r"\1", line)):
            yield text


def clean(line: str) -> str:
    """Without marks of Markdown, and without sentences about the source's own form of answer."""
    kept = [one for one in re.split(r"(?<=[.!?]) +", line) if not _OWN_FORM.search(one)]
    return " ".join(kept).replace("`", "").replace("**", "").strip()
