"""The outline of a policy text: front matter between `+++` lines, then sections in a fixed order."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from stream.core.errors import PolicyInvalid
from stream.core.toml_text import nearest

SECTIONS = (
    "INSTRUCTIONS",
    "DEFINITIONS",
    "VIOLATES",
    "SAFE",
    "INTENT",
    "AMBIGUITY",
    "PRECEDENCE",
)
"""Every policy has these, in this order."""
EXAMPLES, REVIEWERS = "EXAMPLES", "REVIEWERS"
"""What may follow: boundary examples, then notes for people who review, which no prompt holds."""
_ORDER = (*SECTIONS, EXAMPLES, REVIEWERS)
_FENCE = "+++"
_HEADING = re.compile(r"^#+ *(.*?) *$")


class Paragraph(NamedTuple):
    """Lines without a blank one between them; `line` is the first one's number in the file, from 1."""

    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as written."""
        return "\n".join(self.lines)


class Section(NamedTuple):
    """One section: `line` is its heading's number in the file."""

    name: str
    line: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The section as written, without its heading and the blank lines around it."""
        return "\n".join(self.lines).strip()

    def paragraphs(self) -> Iterator[Paragraph]:
        """Its paragraphs, in order."""
        block: list[str] = []
        for number, line in enumerate((*self.lines, ""), start=self.line + 1):
            if line.strip():
                block.append(line.strip())
            elif block:
                yield Paragraph(number - len(block), tuple(block))
                block = []


class Outline(NamedTuple):
    """A policy text taken apart; the front matter begins on the file's second line."""

    front: str
    sections: dict[str, Section]


def outline(text: str, file: str) -> Outline:
    """Take a whole policy text apart.

    Raises:
        PolicyInvalid: no front matter, or the sections are not those of `SECTIONS` in that order.
    """
    front, sections, last_line = _cut(text, file)
    _check_order(sections, last_line, file)
    return Outline(front, {section.name: section for section in sections})


def partial_outline(text: str, file: str) -> Outline:
    """Take the text of a policy apart that leaves out the sections that it inherits.

    Raises:
        PolicyInvalid: no front matter, or a section is unknown, empty, repeated or out of order.
    """
    front, sections, _ = _cut(text, file)
    _check_places(sections, list(_ORDER), file)
    return Outline(front, {section.name: section for section in sections})


def front_of(text: str, file: str) -> str:
    """The front matter alone, without its fences.

    Raises:
        PolicyInvalid: there is none.
    """
    lines = text.splitlines()
    return "\n".join(lines[1 : _fence(lines, file)])


def _cut(text: str, file: str) -> tuple[str, list[Section], int]:
    """The front matter, the sections, each known and filled, and the number of the last line."""
    lines = text.splitlines()
    fence = _fence(lines, file)
    sections = list(_sections(lines, fence + 1, file))
    _check_names(sections, file)
    return "\n".join(lines[1:fence]), sections, len(lines)


def _fence(lines: list[str], file: str) -> int:
    """The index of the line that ends the front matter."""
    if not lines or lines[0].strip() != _FENCE:
        raise PolicyInvalid(
            file, 1, "no front matter", f"Begin the file with a line `{_FENCE}`, TOML, `{_FENCE}`"
        )
    fence = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == _FENCE), None)
    if fence is None:
        raise PolicyInvalid(file, 1, "the front matter does not end", f"Close it with a line `{_FENCE}`")
    return fence


def _sections(lines: list[str], start: int, file: str) -> Iterator[Section]:
    """Cut at the headings; `start` is the index of the first line after the front matter."""
    headings = [n for n in range(start, len(lines)) if _HEADING.match(lines[n])]
    before = next((n for n in range(start, min([*headings, len(lines)])) if lines[n].strip()), None)
    if before is not None:
        raise PolicyInvalid(
            file, before + 1, "text before the first section", f"Move it under `# {SECTIONS[0]}`"
        )
    for begin, end in pairwise([*headings, len(lines)]):
        heading = _HEADING.match(lines[begin])
        assert heading is not None  # noqa: S101  # `headings` holds only lines that match
        yield Section(heading[1], begin + 1, tuple(lines[begin + 1 : end]))


def _check_names(sections: list[Section], file: str) -> None:
    for section in sections:
        if section.name not in _ORDER:
            mend = nearest(section.name, list(_ORDER))
            raise PolicyInvalid(file, section.line, f"unknown section `{section.name}`", mend)
        if not section.text:
            raise PolicyInvalid(file, section.line, f"section {section.name} is empty", "Write it")


def _check_order(sections: list[Section], last_line: int, file: str) -> None:
    names = [section.name for section in sections]
    for place, expected in enumerate(SECTIONS):
        if place < len(names) and names[place] == expected:
            continue
        line = sections[place].line if place < len(names) else last_line
        what = f"section {expected} is missing here"
        raise PolicyInvalid(file, line, what, f"The order is {', '.join(_ORDER)}, each once")
    _check_places(sections[len(SECTIONS) :], [EXAMPLES, REVIEWERS], file)


def _check_places(sections: list[Section], allowed: list[str], file: str) -> None:
    """Each section is one of those allowed, in their order, once."""
    for section in sections:
        if section.name not in allowed:
            what = f"section {section.name} stands twice or out of order"
            raise PolicyInvalid(file, section.line, what, f"The order is {', '.join(_ORDER)}, each once")
        del allowed[: allowed.index(section.name) + 1]
