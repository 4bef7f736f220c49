"""All that a trial found out about one policy, and the same as one JSON object."""

from typing import Any

from msgspec import Struct, to_builtins

from stream.core.judgement import Judgement
from stream.core.policy.golden import GoldenCase
from stream.core.policy.grade import grade
from stream.core.terms import Effort
from stream.ops.policies.agreement import Agreement
from stream.ops.policies.breakdown import Part, Rate, by_clause, by_language, whole
from stream.ops.policies.comparison import Comparison, text_digest
from stream.ops.policies.result import Result
from stream.processors.judge.answers import Asked

NO_EVIDENCE = "The exemplar engine compares texts with examples: these figures say nothing about a model."


class About(Struct, frozen=True):
    """What was asked, and how.

    Attributes:
        engine: its kind.
        effort: what it was asked first at; None is as the set's routes say.
        evidence: whether the figures say anything about a model: the exemplar's do not.
    """

    set: str
    set_digest: str
    engine: str
    model: str
    effort: Effort | None
    evidence: bool


class Report(Struct, frozen=True):
    """One policy's result, beside an earlier version and further draws where these were asked for."""

    result: Result
    comparison: Comparison | None = None
    agreement: Agreement | None = None

    @property
    def breaks(self) -> tuple[str, ...]:
        """What must pass and went wrong since the earlier version, as a phrase; nothing where nothing did."""
        broken = self.comparison.broken if self.comparison is not None else ()
        return (f"was not wrong before and must pass: {', '.join(broken)}",) if broken else ()

    @property
    def lacks(self) -> tuple[str, ...]:
        """Why it fails, a phrase each; nothing where it passes."""
        return (*self.result.shortfalls, *self.breaks)


def as_json(report: Report, about: About) -> dict[str, Any]:
    """The report without any text of a case: what `earlier` reads back."""
    result, comparison, agreement = report.result, report.comparison, report.agreement
    asked = result.asked or (None,) * len(result.cases)
    return {
        **to_builtins(about),
        "policy": result.policy.id,
        "version": result.policy.version,
        "digest": result.policy.digest,
        **_part(whole(result)),
        "shortfalls": list(result.shortfalls),
        "outside": result.outside,
        "clauses": [{"clause": part.name, **_part(part)} for part in by_clause(result) if part.figures.cases],
        "languages": [{"language": part.name, **_part(part)} for part in by_language(result)],
        "comparison": _comparison(comparison) if comparison is not None else None,
        "agreement": {**to_builtins(agreement), "share": agreement.share} if agreement is not None else None,
        "cases": [_case(*one) for one in zip(result.cases, result.judgements, asked, strict=True)],
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "figures": to_builtins(part.figures),
        "right": _rate(part.right),
        "missed": _rate(part.missed),
        "false_alarms": _rate(part.false_alarms),
        "beats_constant": part.beats_constant,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {"count": rate.count, "of": rate.of, "interval": [rate.interval.low, rate.interval.high]}


def _case(case: GoldenCase, judgement: Judgement, asked: Asked | None) -> dict[str, Any]:
    return {
        "id": case.id,
        "digest": text_digest(case),
        "language": case.language,
        "clause": case.clause,
        "must_pass": case.must_pass,
        "wanted": case.result,
        "result": judgement.result,
        "grade": grade(case, judgement.result),
        "cited": list(dict.fromkeys(finding.clause for finding in judgement.findings)),
        "effort": asked.question.effort if asked is not None else None,
        "failures": list(judgement.failures),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    flips = [
        {
            "id": flip.case.id,
            "clause": flip.case.clause,
            "must_pass": flip.case.must_pass,
            "from": flip.before,
            "to": flip.after,
            "was": flip.was,
            "now": flip.now,
        }
        for flip in comparison.flips
    ]
    counts = {"compared": comparison.compared, "gained": comparison.gained, "lost": comparison.lost}
    return {**counts, "chance": comparison.chance, "broken": list(comparison.broken), "flips": flips}
