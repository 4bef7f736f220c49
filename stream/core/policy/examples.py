"""The EXAMPLES of a policy: groups of texts that differ by little and are judged differently."""

import re

from stream.core.errors import PolicyInvalid
from stream.core.policy.clauses import CLAUSE_ID
from stream.core.policy.policy import MAX_SEVERITY, Clause, Example, PolicyResult
from stream.core.policy.sections import Paragraph, Section
from stream.core.toml_text import nearest

_LINE = re.compile(
    rf'^- "(?P<text>.+)" => (?P<result>safe|violates|needs_context) (?P<clause>{CLAUSE_ID})'
    rf"(?: severity (?P<severity>[1-{MAX_SEVERITY}]))?: (?P<because>\S.*)$"
)
_FORM = '- "text" => violates HR1.a severity 2: why`, or `- "text" => safe HS1: why'


def example_groups(
    section: Section, clauses: tuple[Clause, ...], file: str
) -> tuple[tuple[Example, ...], ...]:
    """Read EXAMPLES: each paragraph is a group that shows both sides of a boundary.

    Raises:
        PolicyInvalid: a line is malformed, cites what does not exist, or its group has only one side.
    """
    by_id = {clause.id: clause for clause in clauses}
    return tuple(_group(paragraph, by_id, file) for paragraph in section.paragraphs())


def cited_clause(line: str) -> str | None:
    """The clause that a line of EXAMPLES cites; None of one that does not parse."""
    found = _LINE.match(line)
    return found["clause"] if found is not None else None


def _group(paragraph: Paragraph, clauses: dict[str, Clause], file: str) -> tuple[Example, ...]:
    examples = tuple(
        _example(line, number, clauses, file) for number, line in enumerate(paragraph.lines, paragraph.line)
    )
    results = {example.result for example in examples}
    if PolicyResult.VIOLATES not in results or len(results) < 2:
        raise PolicyInvalid(
            file,
            paragraph.line,
            "a group of examples shows one side only",
            "Put beside it a text that differs by little and is judged differently",
        )
    return examples


def _example(line: str, number: int, clauses: dict[str, Clause], file: str) -> Example:
    found = _LINE.match(line)
    if found is None:
        raise PolicyInvalid(file, number, "an example that does not parse", f"Write `{_FORM}`")
    example = Example(
        text=found["text"],
        result=PolicyResult(found["result"]),
        clause=found["clause"],
        severity=int(found["severity"] or 0),
        because=found["because"],
    )
    if fault := citation_fault(example.result, example.clause, example.severity, clauses):
        raise PolicyInvalid(file, number, *fault)
    return example


def citation_fault(
    result: PolicyResult, clause_id: str | None, severity: int, clauses: dict[str, Clause]
) -> tuple[str, str] | None:
    """What is wrong, and how to mend it, where a label, its clause and its severity do not fit together."""
    clause = clauses.get(clause_id or "")
    if clause is None and not (clause_id is None and result is PolicyResult.SAFE):
        return f"cites clause {clause_id}, which does not exist", nearest(str(clause_id), list(clauses))
    if clause is not None and clause.violates == (result is PolicyResult.SAFE):
        return f"is `{result}` by {clause_id}, a clause of the other side", "Cite the clause that decides it"
    if clause is not None and result is PolicyResult.VIOLATES and severity not in clause.severities:
        ladder = ", ".join(map(str, clause.severities))
        return f"severity {severity} is not on the ladder of {clause_id}", f"The ladder has {ladder}"
    if result is not PolicyResult.VIOLATES and severity:
        return f"`{result}` has severity {severity}", "Only what violates has a severity"
    return None
