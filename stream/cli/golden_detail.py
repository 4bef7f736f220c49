"""What `sluice policy test` says to people of single cases: what changed, what is unstable, what is wrong."""

from stream.cli.output import say
from stream.core.judgement import Judgement
from stream.core.policy.grade import Grade
from stream.core.printable import printable
from stream.ops.amounts import count
from stream.ops.policies.agreement import Agreement
from stream.ops.policies.comparison import Comparison
from stream.ops.policies.explanation import MUST_PASS_WEIGHT, Failure, blamed
from stream.ops.policies.result import Result

_COLOURS = {Grade.RIGHT: "green", Grade.PEOPLE: "yellow", Grade.WRONG: "red"}


def show_comparison(comparison: Comparison) -> None:
    """Print what changed since the version before, case by case."""
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


def show_agreement(agreement: Agreement) -> None:
    """Print how far an engine agrees with itself, and where it does not."""
    unstable = agreement.unstable
    say(
        f"Asked {count(agreement.draws, 'time')} more, at random, it agrees with itself in"
        f" {agreement.share:.1%}; {count(len(unstable), 'case')} unstable"
    )
    for one in unstable:
        counted = ", ".join(f"{number} {result}" for result, number in sorted(one.results.items()))
        say(f"  {one.case}  {one.share:.0%}  {counted}")


def show_blame(result: Result, *, show_text: bool) -> None:
    """Print a policy's wrong cases by clause, and the clause to reword first."""
    blames = blamed(result)
    for blame in blames:
        say((f"{blame.clause}: ", "bold"), f"{len(blame.failures)} wrong, weight {blame.weight}")
        for failure in blame.failures:
            _failure(failure, show_text=show_text)
    if blames:
        say(
            ("Reword first: ", "bold"),
            f"{blames[0].clause}. It weighs most: a wrong case counts 1, one that must pass"
            f" {MUST_PASS_WEIGHT}",
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
