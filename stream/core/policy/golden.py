"""Labelled texts beside a policy: golden cases that measure an engine, and further examples. Pure.

Neither ever enters a prompt. Both are JSON lines; a line that does not fit is an error with its number. A
restricted policy has neither: what it forbids is never put into words.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct

from stream.core.errors import PolicyInvalid
from stream.core.fields import Language, Name, Text
from stream.core.misfit import MISFITS, misfit
from stream.core.policy import Clause, Example, Policy, PolicyResult
from stream.core.policy.examples import citation_fault
from stream.core.toml_text import nearest

T = TypeVar("T")


class GoldenCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text with the answer that people agreed on.

    Attributes:
        clause: the clause that decides; None for an ordinary text.
        near: the clauses from whose other side this is: what a safe text almost breaks, or the exemption
            whose end a violating one has passed.
        must_pass: an engine that gets this one wrong may not be promoted.
        thread: earlier messages, oldest first.
    """

    id: Name
    text: Text
    language: Language
    result: Literal["safe", "violates", "needs_context"]
    clause: str | None = None
    severity: int = 0
    near: tuple[str, ...] = ()
    must_pass: bool = False
    thread: tuple[str, ...] = ()

    @property
    def is_hard_negative(self) -> bool:
        """Whether it is safe though it looks like a violation."""
        return self.result == "safe" and bool(self.near)


class Figures(Struct, frozen=True, kw_only=True):
    """How an engine did on golden cases. What it leaves to people is neither right nor wrong.

    `right` counts decided cases only. `missed` are violations it would release, `false_alarms` safe texts
    it would restrict. The last two are how many cases a constant answer would get right.
    """

    cases: int
    decided: int
    right: int
    flagged: int
    missed: int
    false_alarms: int
    always_safe: int
    always_violating: int

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"{self.cases} golden cases: {self.decided} decided, {self.right} of them right"
            f" ({self.missed} violations missed, {self.false_alarms} false alarms), the rest left to people;"
            f" always safe would be right {self.always_safe} times, always violating {self.always_violating}"
        )


class _Exemplar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: Text
    language: Language
    result: Literal["safe", "violates", "needs_context"]
    clause: str | None = None
    severity: int = 0


def parse_golden(text: str, file: str, policy: Policy) -> tuple[GoldenCase, ...]:
    """Read `tests.jsonl`.

    Raises:
        PolicyInvalid: a line does not parse, cites what the policy lacks, or repeats an id; or the policy is
            restricted.
    """
    _check_unrestricted(policy, file)
    seen: set[str] = set()
    cases = []
    for number, case in _lines(text, file, GoldenCase):
        _check_citation(case, number, file, policy)
        _check_near(case, number, file, policy)
        if case.id in seen:
            raise PolicyInvalid(file, number, f"golden case `{case.id}` stands twice", "Rename one")
        seen.add(case.id)
        cases.append(case)
    return tuple(cases)


def parse_exemplars(text: str, file: str, policy: Policy) -> tuple[Example, ...]:
    """Read `exemplars.jsonl`: more examples than a prompt has room for.

    Raises:
        PolicyInvalid: a line does not parse, or cites what the policy lacks; or the policy is restricted.
    """
    _check_unrestricted(policy, file)
    examples = []
    for number, line in _lines(text, file, _Exemplar):
        _check_citation(line, number, file, policy)
        examples.append(Example(line.text, PolicyResult(line.result), line.clause, line.severity))
    return tuple(examples)


def score(cases: Sequence[GoldenCase], results: Sequence[PolicyResult]) -> Figures:
    """Count an engine's results, one a case in the same order."""
    pairs = [(PolicyResult(case.result), result) for case, result in zip(cases, results, strict=True)]
    decisions = (PolicyResult.SAFE, PolicyResult.VIOLATES)
    decided = [(wanted, result) for wanted, result in pairs if result in decisions]
    safe, violates = decisions
    return Figures(
        cases=len(pairs),
        decided=len(decided),
        right=sum(wanted is result for wanted, result in decided),
        flagged=sum(pair == (violates, violates) for pair in decided),
        missed=sum(pair == (violates, safe) for pair in decided),
        false_alarms=sum(pair == (safe, violates) for pair in decided),
        always_safe=sum(wanted is safe for wanted, _ in pairs),
        always_violating=sum(wanted is violates for wanted, _ in pairs),
    )


def _check_unrestricted(policy: Policy, file: str) -> None:
    if policy.restricted:
        mend = "Delete the file: its rules must do in prose"
        raise PolicyInvalid(file, 1, "labelled texts beside a restricted policy", mend)


def _lines(text: str, file: str, kind: type[T]) -> Iterator[tuple[int, T]]:
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, decoder.decode(line)
        except MISFITS as error:
            what, mend = misfit(error, kind)
            raise PolicyInvalid(file, number, f"this line does not fit: {what}", mend) from None


def _check_citation(case: GoldenCase | _Exemplar, number: int, file: str, policy: Policy) -> None:
    clauses = {clause.id: clause for clause in policy.clauses}
    if fault := citation_fault(PolicyResult(case.result), case.clause, case.severity, clauses):
        raise PolicyInvalid(file, number, *fault)


def _check_near(case: GoldenCase, number: int, file: str, policy: Policy) -> None:
    for clause_id in case.near:
        clause: Clause | None = policy.clause(clause_id)
        if clause is None:
            raise PolicyInvalid(
                file,
                number,
                f"near clause {clause_id} does not exist",
                nearest(clause_id, list(policy.clause_ids)),
            )
        if clause.violates == (case.result == "violates"):
            raise PolicyInvalid(
                file,
                number,
                f"near clause {clause_id} is of the same side",
                "Name one that decides the other way",
            )
