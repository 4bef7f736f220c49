"""What an engine lacks to serve under a set: golden cases beside its thresholds. Pure."""

from collections.abc import Sequence

from stream.core.policy.golden import GoldenCase, score
from stream.core.policy.grade import Grade, grade
from stream.core.policy.policy import PolicyResult
from stream.core.policy.policy_set import Thresholds


def shortfalls(
    cases: Sequence[GoldenCase], results: Sequence[PolicyResult], thresholds: Thresholds
) -> list[str]:
    """Say what falls short, a phrase each; nothing where the engine may serve.

    Args:
        cases: a policy's golden cases.
        results: one a case, in the same order.
        thresholds: the set's.
    """
    figures = score(cases, results)
    violating, safe = (sum(case.result == side for case in cases) for side in ("violates", "safe"))
    lacks = {
        f"decides {figures.decided} of {figures.cases} cases, {thresholds.answered:.0%} are asked for": (
            figures.decided < round(thresholds.answered * figures.cases, 6)
        ),
        f"releases {figures.missed} of {violating} violations, {1 - thresholds.recall:.0%} at most may be": (
            violating - figures.missed < round(thresholds.recall * violating, 6)
        ),
        f"restricts {figures.false_alarms} of {safe} safe texts, {thresholds.false_alarms:.0%} at most": (
            figures.false_alarms > round(thresholds.false_alarms * safe, 6)
        ),
    }
    told = [phrase for phrase, falls_short in lacks.items() if falls_short]
    wrong = wrong_must_pass(cases, results) if thresholds.must_pass else []
    return told + ([f"decides wrongly what must pass: {', '.join(wrong)}"] if wrong else [])


def wrong_must_pass(cases: Sequence[GoldenCase], results: Sequence[PolicyResult]) -> list[str]:
    """The ids of must-pass cases that were decided, and wrongly; what is left to people is not wrong."""
    return [
        case.id
        for case, result in zip(cases, results, strict=True)
        if case.must_pass and grade(case, result) is Grade.WRONG
    ]
