"""The clauses of a policy: numbered rules with their deciding test and ladder, or where an exemption ends."""

import re
from collections.abc import Iterator

from stream.core.errors import PolicyInvalid
from stream.core.policy.front_matter import ClauseTable
from stream.core.policy.policy import MAX_SEVERITY, Clause
from stream.core.policy.sections import Paragraph, Section

CLAUSE_ID = r"[A-Z]{2}[0-9]{1,2}(?:\.[a-z])?"
OPENING = re.compile(rf"^({CLAUSE_ID}) \S")
"""How a clause's paragraph begins."""
_STEP = re.compile(rf"^([1-{MAX_SEVERITY}]) \S")


def violating_clauses(section: Section, table: ClauseTable, file: str) -> tuple[Clause, ...]:
    """Read VIOLATES: every clause has a `Test:` line, a `Severity:` ladder, and its consequences.

    Raises:
        PolicyInvalid: a clause lacks one of them, or its consequences do not fit its ladder.
    """
    clauses = []
    for clause_id, paragraph in _clauses(section, file):
        _line_of(paragraph, "Test:", clause_id, file)
        ladder = _ladder(paragraph, clause_id, file)
        consequences, reason = table.of(clause_id, ladder, paragraph.line)
        clauses.append(
            Clause(
                id=clause_id,
                violates=True,
                text=paragraph.text,
                severities=ladder,
                actions=tuple(sorted(consequences.actions.items())),
                reason=reason,
                strike=consequences.strike,
                label_days=consequences.label_days,
                urgent=consequences.urgent,
            )
        )
    return tuple(clauses)


def safe_clauses(section: Section, file: str) -> tuple[Clause, ...]:
    """Read SAFE: every clause has an `Ends:` line that says where its exemption stops.

    Raises:
        PolicyInvalid: a clause lacks it.
    """
    clauses = []
    for clause_id, paragraph in _clauses(section, file):
        _line_of(paragraph, "Ends:", clause_id, file)
        clauses.append(Clause(clause_id, False, paragraph.text))
    return tuple(clauses)


def _clauses(section: Section, file: str) -> Iterator[tuple[str, Paragraph]]:
    """Each clause's paragraph under its id; prose may stand only before the first."""
    seen: set[str] = set()
    for paragraph in section.paragraphs():
        opening = OPENING.match(paragraph.lines[0])
        if opening is None and seen:
            raise PolicyInvalid(
                file,
                paragraph.line,
                f"a paragraph of {section.name} belongs to no clause",
                "Begin it with an id such as HR1.a, or join it to the clause above",
            )
        if opening is None:
            continue
        if opening[1] in seen:
            raise PolicyInvalid(file, paragraph.line, f"clause {opening[1]} stands twice", "Renumber one")
        seen.add(opening[1])
        yield opening[1], paragraph
    if not seen:
        raise PolicyInvalid(
            file, section.line, f"section {section.name} has no clause", "Number its rules: HR1.a …"
        )


def _line_of(paragraph: Paragraph, start: str, clause_id: str, file: str) -> tuple[int, str]:
    """The one line of a clause that begins with `start`: its number and what follows."""
    found = [(n, line) for n, line in enumerate(paragraph.lines, paragraph.line) if line.startswith(start)]
    if len(found) != 1:
        what = f"clause {clause_id} has {'no' if not found else 'more than one'} `{start}` line"
        raise PolicyInvalid(file, paragraph.line, what, f"Give it one line that begins with `{start}`")
    number, line = found[0]
    return number, line.removeprefix(start).strip()


def _ladder(paragraph: Paragraph, clause_id: str, file: str) -> tuple[int, ...]:
    number, rest = _line_of(paragraph, "Severity:", clause_id, file)
    steps = [_STEP.match(part.strip()) for part in rest.rstrip(".").split(";")]
    severities = tuple(int(step[1]) for step in steps if step)
    if len(severities) < len(steps) or list(severities) != sorted(set(severities)):
        raise PolicyInvalid(
            file,
            number,
            f"clause {clause_id} has no ascending ladder",
            "Write it as `Severity: 1 what; 3 what.`",
        )
    return severities
