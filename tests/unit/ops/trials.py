"""Results of trials as an engine could have given them, for tests of what is made of them."""

from collections.abc import Sequence

from stream.core.cascade import Why
from stream.core.judgement import Answer, Finding, Judgement, Question
from stream.core.policy import PolicyResult
from stream.core.policy.golden import GoldenCase, score
from stream.ops.policies.result import Result
from stream.processors.judge.answers import Asked
from tests.unit.policies.sample import policy

SAFE, VIOLATES, PEOPLE = PolicyResult.SAFE, PolicyResult.VIOLATES, PolicyResult.NEEDS_CONTEXT
POLICY = policy()


def case(name: str, wanted: str, clause: str | None = None, **more: object) -> GoldenCase:
    """A golden case of the sample policy whose text holds its name."""
    told: dict[str, object] = {"text": f"the text of {name}", "language": "en", **more}
    return GoldenCase(id=name, result=wanted, clause=clause, **told)  # type: ignore[arg-type]


def said(found: PolicyResult, *findings: tuple[str, str], rationale: str = "") -> Judgement:
    """A judgement that cites these clauses and quotes."""
    cited = tuple(Finding(clause, quote) for clause, quote in findings)
    return Judgement(policy=POLICY.id, result=found, findings=cited, rationale=rationale)


def result(
    cases: Sequence[GoldenCase], judgements: Sequence[Judgement | PolicyResult], reasoning: str = ""
) -> Result:
    """What a trial of these cases came to."""
    judged = tuple(said(one) if isinstance(one, PolicyResult) else one for one in judgements)
    asked = tuple(
        Asked(
            Question(id=case.id, policies=(POLICY,), text=case.text),
            Why.FIRST,
            (one,),
            Answer(final="", complete=True, reasoning=reasoning),
        )
        for case, one in zip(cases, judged, strict=True)
    )
    return Result(
        POLICY, tuple(cases), judged, score(cases, [judgement.result for judgement in judged]), (), asked
    )
