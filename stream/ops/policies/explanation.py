"""Where a policy goes wrong: its wrong cases by the clause to blame, and which one to reword first."""

import re
from collections import defaultdict

from msgspec import Struct

from stream.core.judgement import Judgement
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.golden import GoldenCase
from stream.core.policy.grade import Grade, grade
from stream.ops.policies.result import Result
from stream.processors.judge.answers import Asked

MUST_PASS_WEIGHT = 3
"""How many wrong cases one that must pass counts as."""

NO_CLAUSE = "no clause"
_QUOTED = re.compile(r"""["“„«‘'](.+?)["”“»’']""", re.DOTALL)
_LEFT_OUT = "[quote]"


class Failure(Struct, frozen=True):
    """One wrong case, and the answer that counted."""

    case: GoldenCase
    judgement: Judgement
    asked: Asked | None

    @property
    def weight(self) -> int:
        """1, or more for a case that must pass."""
        return MUST_PASS_WEIGHT if self.case.must_pass else 1

    @property
    def cited(self) -> tuple[str, ...]:
        """The clauses that the answer names."""
        return tuple(dict.fromkeys(finding.clause for finding in self.judgement.findings))

    @property
    def reasoning(self) -> str:
        """The model's chain of thought; empty where the engine gives none."""
        return self.asked.answer.reasoning if self.asked is not None and self.asked.answer is not None else ""

    @property
    def rationale(self) -> str:
        """Why the model says it decided so, without the words of the text that it quotes."""
        quotes = [finding.quote for finding in self.judgement.findings if finding.quote]
        told = self.judgement.rationale
        for quote in sorted(quotes, key=len, reverse=True):
            told = told.replace(quote, _LEFT_OUT)
        return _QUOTED.sub(self._unquoted, told)

    def _unquoted(self, match: re.Match[str]) -> str:
        return _LEFT_OUT if match[1].casefold() in self.case.text.casefold() else match[0]


class Blame(Struct, frozen=True):
    """The wrong cases that one clause is to blame for."""

    clause: str
    failures: tuple[Failure, ...]

    @property
    def weight(self) -> int:
        """Of all its wrong cases together: the heaviest clause is to be reworded first."""
        return sum(failure.weight for failure in self.failures)


def blamed(result: Result) -> list[Blame]:
    """Group a policy's wrong cases by clause, the heaviest group first.

    A wrong restriction is blamed on the clause that the answer cites as broken, which reaches too far. A
    wrong release is blamed on the clause that people cite, which does not reach far enough.
    """
    groups: dict[str, list[Failure]] = defaultdict(list)
    asked = result.asked or (None,) * len(result.cases)
    for case, judgement, one in zip(result.cases, result.judgements, asked, strict=True):
        if grade(case, judgement.result) is Grade.WRONG:
            failure = Failure(case, judgement, one)
            groups[_clause(failure, result.policy)].append(failure)
    blames = [Blame(clause, tuple(failures)) for clause, failures in groups.items()]
    return sorted(blames, key=lambda blame: (-blame.weight, blame.clause))


def _clause(failure: Failure, policy: Policy) -> str:
    case = failure.case
    violating = [cited for cited in failure.cited if (found := policy.clause(cited)) and found.violates]
    by_people = [case.clause] if case.clause else [*case.near]
    restricted = failure.judgement.result is PolicyResult.VIOLATES
    suspects = [*violating, *by_people] if restricted else [*by_people, *failure.cited]
    return suspects[0] if suspects else NO_CLAUSE


def as_json(result: Result, *, show_text: bool) -> list[dict[str, object]]:
    """The same for scripts; texts, quotes and the whole reasoning only where they are asked for."""
    return [
        {
            "clause": blame.clause,
            "weight": blame.weight,
            "cases": [_told(failure, show_text=show_text) for failure in blame.failures],
        }
        for blame in blamed(result)
    ]


def _told(failure: Failure, *, show_text: bool) -> dict[str, object]:
    told: dict[str, object] = {"id": failure.case.id, "rationale": failure.rationale}
    if show_text:
        quotes = [finding.quote for finding in failure.judgement.findings]
        told |= {"text": failure.case.text, "quotes": quotes, "reasoning": failure.reasoning}
    return told
