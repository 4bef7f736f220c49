"""What `sluice policy test` says to people."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from stream.cli.golden_detail import show_agreement, show_blame, show_comparison
from stream.cli.output import console, say
from stream.ops.amounts import count
from stream.ops.policies.breakdown import Part, by_clause, by_language, whole
from stream.ops.policies.report import NO_EVIDENCE, About, Report

_HEADINGS = ("cases", "decided", "right", "missed", "false alarms", "always\nsafe", "always\nviolating")


def show(reports: Sequence[Report], about: About, *, explain: bool, show_text: bool) -> None:
    """Print each policy by clause and language, then all of them, and what they lack."""
    tried = [report for report in reports if report.result.cases]
    for report in tried:
        _policy(report)
        if explain:
            show_blame(report.result, show_text=show_text)
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
        show_comparison(report.comparison)
    if report.agreement is not None:
        show_agreement(report.agreement)
    say()


def _table(of: str, parts: Iterable[Part]) -> Table:
    table = Table(of, box=None)
    for heading in _HEADINGS:
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
            str(figures.always_safe),
            str(figures.always_violating),
        )
    return table


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
