"""What `sluice policy test` says to people."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from stream.cli.output import console, say
from stream.core.judgement import Judgement
from stream.core.policy.grade import Grade
from stream.core.printable import printable
from stream.ops.amounts import count
from stream.ops.policies.agreement import Agreement
from stream.ops.policies.breakdown import Part, by_clause, by_language, whole
from stream.ops.policies.comparison import Comparison
from stream.ops.policies.explanation import MUST_PASS_WEIGHT, Failure, blamed
from stream.ops.policies.report import NO_EVIDENCE, About, Report
from stream.ops.policies.trial import Result

_COLOURS = {Grade.RIGHT: "green", Grade.PEOPLE: "yellow", Grade.WRONG: "red"}


def show(reports: Sequence[Report], about: About, *, explain: bool, show_text: bool) -> None:
    """Print each policy by clause and language, then all of them, and what they lack."""
    tried = [report for report in reports if report.result.cases]
    for report in tried:
        _policy(report)
        if explain:
            _explain(report.result, show_text=show_text)
    if tried:
        console().print(_table("policy", [whole(report.result) for report in tried]))
    for report in reports:
        _remarks(report)
    at = f"first at {about.effort} effort" if about.effort is not None else "first at the effort of its route"
    say((f"Each case was asked {at}; what was flagged, unsure or failed again at high effort.", "dim"))
    if not about.evidence:
        say((NO_EVIDENCE, "dim"))
    reached = sum(not report.lacks for report in tried)
    say(f"{reached} of {len(tried)} reach the thresholds of set `{about.set}`")


def _policy(report: Report) -> None:
    result = report.result
    say((f"{result.policy.id} {result.policy.version}", "bold"), (f"  {result.policy.digest}", "dim"))
    console().print(_table("clause", [part for part in by_clause(result) if part.figures.cases]))
    if languages := by_language(result):
        console().print(_table("language", languages))
    if report.comparison is not None:
        _compared(report.comparison)
    if report.agreement is not None:
        _agreed(report.agreement)
    say()


def _table(of: str, parts: Iterable[Part]) -> Table:
    table = Table(of, box=None)
    for heading in (
        "cases", "decided", "right", "missed", "false alarms", "always safe", "always violating",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for part in parts:
        figures = part.figures
        table.add_row(
            part.name,
            str(figures.cases),
            str(figures.decided),
            str(part.right),
            str(part.missed),
            str(part.false_alarms),
            f"{figures.always_safe} right",
            f"{figures.always_violating} right",
        )
    return table


def _compared(comparison: Comparison) -> None:
    say(
        f"Beside the version before: {count(comparison.compared, 'case')} compared,"
        f" {comparison.gained} newly right, {comparison.lost} no longer right"
        f" (p = {comparison.chance:.2g} that chance alone parts them so, by McNemar's exact test)"
    )
    for flip in comparison.flips:
        say(
            f"  {flip.case.id}  {flip.case.clause or 'no clause'}  {flip.before} → {flip.after}  ",
            (f"{flip.was} → {flip.now}", _COLOURS[flip.now]),
            (" must pass", "bold red") if flip.breaks else "",
        )


def _agreed(agreement: Agreement) -> None:
    unstable = agreement.unstable
    say(
        f"Asked {agreement.draws} times more at random it agrees with itself in {agreement.share:.1%};"
        f" {count(len(unstable), 'case')} unstable"
    )
    for one in unstable:
        counted = ", ".join(f"{number} {result}" for result, number in sorted(one.results.items()))
        say(f"  {one.case}  {one.share:.0%}  {counted}")


def _explain(result: Result, *, show_text: bool) -> None:
    blames = blamed(result)
    for blame in blames:
        say((f"{blame.clause}: ", "bold"), f"{len(blame.failures)} wrong, weight {blame.weight}")
        for failure in blame.failures:
            _failure(failure, show_text=show_text)
    if blames:
        say(
            ("Reword first: ", "bold"),
            f"{blames[0].clause}. It weighs most: a wrong case counts 1, one that must pass {MUST_PASS_WEIGHT}",
        )
        say()


def _failure(failure: Failure, *, show_text: bool) -> None:
    case, cited = failure.case, ", ".join(failure.cited) or "no clause"
    say(
        f"  {case.id}: people {case.result} by {case.clause or 'no clause'},"
        f" the engine {failure.judgement.result} by {cited}",
        (" must pass", "bold red") if case.must_pass else "",
    )
    rationale = failure.judgement.rationale if show_text else failure.rationale
    if rationale:
        say((f"    {printable(rationale)}", "dim"))
    if show_text:
        _text(case.text, failure.judgement, failure.reasoning)


def _text(text: str, judgement: Judgement, reasoning: str) -> None:
    say(f"    text: {printable(text)}")
    for finding in judgement.findings:
        say(f"    {finding.clause}: {printable(finding.quote)}")
    if reasoning:
        say((f"    reasoning: {printable(reasoning)}", "dim"))


def _remarks(report: Report) -> None:
    result = report.result
    name = f"{result.policy.id}: "
    for lack in report.lacks:
        say((name, "bold red"), lack)
    if not result.cases:
        say((name, "bold"), "no golden cases", " (restricted)" * result.policy.restricted)
    elif not whole(result).beats_constant:
        say((name, "bold yellow"), "not shown to be better than a constant answer")
    if result.outside:
        say(
            (name, "bold"),
            f"{count(result.outside, 'case')} in a language that the set does not take: not asked",
        )
