"""The clauses of a policy: numbered rules with their deciding test and ladder, or where an exemption ends."""

import re
from collections.abc import Iterator, Mapping

from stream.core.errors import PolicyInvalid
from stream.core.policy import MAX_SEVERITY, Action, Clause
from stream.core.policy_sections import Paragraph, Section

Steps = Mapping[int, Action]
"""From which severity on what follows."""

CLAUSE_ID = r"[A-Z]{2}[0-9]{1,2}(?:\.[a-z])?"
_OPENING = re.compile(rf"^({CLAUSE_ID}) \S")
_STEP = re.compile(rf"^([1-{MAX_SEVERITY}]) \S")


def violating_clauses(section: Section, actions: Mapping[str, Steps], file: str) -> tuple[Clause, ...]:
    """Read VIOLATES: every clause has a `Test:` line, a `Severity:` ladder, and its actions.

    Raises:
        PolicyInvalid: a clause lacks one of them, or its actions do not fit its ladder.
    """
    clauses = []
    for clause_id, paragraph in _clauses(section, file):
        _line_of(paragraph, "Test:", clause_id, file)
        ladder = _ladder(paragraph, clause_id, file)
        steps = tuple(sorted(actions.get(clause_id, {}).items()))
        _check_steps(steps, ladder, clause_id, paragraph.line, file)
        clauses.append(Clause(clause_id, True, paragraph.text, ladder, steps))
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
        opening = _OPENING.match(paragraph.lines[0])
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


def _check_steps(
    steps: tuple[tuple[int, Action], ...], ladder: tuple[int, ...], clause_id: str, line: int, file: str
) -> None:
    table = f'[actions."{clause_id}"]'
    if not steps:
        raise PolicyInvalid(
            file, line, f"clause {clause_id} has no action", f'Add {table} with `{ladder[0]} = "remove"`'
        )
    for severity, _ in steps:
        if severity not in ladder:
            what = f"clause {clause_id} has an action at severity {severity}, which its ladder lacks"
            raise PolicyInvalid(file, line, what, f"The ladder has {', '.join(map(str, ladder))}")
    if steps[0][0] != ladder[0]:
        what = f"clause {clause_id} has no action at severity {ladder[0]}, where its ladder begins"
        raise PolicyInvalid(file, line, what, f"Add `{ladder[0]} = …` to {table}")
