"""A policy's text line by line: each line knows its section and its clause, whatever else is wrong."""

import re
from collections.abc import Iterator

from msgspec import Struct

from stream.core.policy.clauses import CLAUSE_ID
from stream.ops.policies.lint.finding import Place

_FENCE = "+++"
_HEADING = re.compile(r"^#+ *(.*?) *$")
_OPENING = re.compile(rf"^({CLAUSE_ID}) \S")
_STATEMENT = re.compile(r"^[A-Z][a-z]+:")
_QUOTED = re.compile('"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»')


class Line(Struct, frozen=True):
    """One line of a page.

    Attributes:
        number: from 1.
        section: under which heading it stands; empty in the front matter.
        clause: the clause that it belongs to, in VIOLATES and SAFE; else empty.
        bare: the line with blanks for what stands in quotation marks, those that span lines too.
    """

    file: str
    number: int
    text: str
    section: str
    clause: str
    bare: str

    def place(self, start: int = 0, end: int | None = None) -> Place:
        """This line, or its characters from `start` to before `end`, from 0."""
        last = len(self.text) if end is None else end
        return Place(self.file, self.number, self.text, start + 1, last + 1)


class Page(Struct, frozen=True):
    """A policy's file."""

    file: str
    lines: tuple[Line, ...]

    def section(self, *names: str) -> Iterator[Line]:
        """The lines of these sections, without headings and blank lines."""
        return (line for line in self.lines if line.section in names and line.text.strip())

    def clauses(self) -> frozenset[str]:
        """The ids of the clauses that are written here; a policy that extends another has more."""
        return frozenset(line.clause for line in self.lines if line.clause)

    def clause(self, clause_id: str) -> Place:
        """The id that a clause begins with; the first line where it stands in another file."""
        line = next((line for line in self.lines if line.clause == clause_id), None)
        return self.lines[0].place() if line is None else line.place(0, len(clause_id))

    def statement(self, line: Line) -> str:
        """This line and those that go on with it: up to a blank one, or one that begins with `Word:`."""
        after = self.lines[line.number :]
        ends = (n for n, one in enumerate(after) if not one.text.strip() or _STATEMENT.match(one.text))
        return "\n".join([line.text, *(one.text for one in after[: next(ends, len(after))])])

    def heading(self, name: str) -> Line:
        """Where a section begins; the first line where there is none."""
        headings = (line for line in self.lines if (found := _HEADING.match(line.text)) and found[1] == name)
        return next(headings, self.lines[0])

    def holding(self, words: str, *sections: str) -> Line:
        """The first line of these sections that has these words; else the first of them."""
        found = (line for line in self.section(*sections) if words in line.text)
        return next(found, self.heading(sections[0]))

    def text(self, *names: str) -> str:
        """The text of these sections."""
        return "\n".join(line.text for line in self.section(*names))


def page(text: str, file: str) -> Page:
    """Take a text apart; nothing is an error."""
    bare = _QUOTED.sub(_blanks, text).splitlines() or [""]
    lines, section, clause, fences = [], "", "", 0
    for number, written in enumerate(text.splitlines() or [""], start=1):
        fences += written.strip() == _FENCE
        heading = _HEADING.match(written) if fences >= 2 else None
        opening = _OPENING.match(written) if section in ("VIOLATES", "SAFE") else None
        if heading:
            section, clause = heading[1], ""
        elif opening:
            clause = opening[1]
        shown = "" if heading or written.strip() == _FENCE else section
        lines.append(Line(file, number, written, shown, clause if shown else "", bare[number - 1]))
    return Page(file, tuple(lines))


def _blanks(quoted: re.Match[str]) -> str:
    """As long as what it stands for, and with its line ends: columns stay; a paragraph's end ends a quote."""
    text = quoted[0]
    return text if "\n\n" in text else re.sub(r"[^\n]", " ", text)
