"""`sluice policy test`: golden cases against an engine, the set's thresholds, and the version before."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.answers import Answers, Fresh, kept_answers
from stream.cli.context import settings_of
from stream.cli.golden_asking import asking, check_packages, examined
from stream.cli.golden_words import show
from stream.cli.named import check_policies
from stream.cli.output import Json, tell
from stream.cli.present import Against, present
from stream.cli.status import Status
from stream.cli.written import check_writable, replace_text
from stream.config import EngineKind
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Effort
from stream.ops.policies.examination import Examination, Golden
from stream.ops.policies.explanation import as_json as blame_json
from stream.ops.policies.junit import junit
from stream.ops.policies.report import About, Report, as_json

EXAMPLES = """Examples:

`sluice policy test` (all policies of the set in force, with the engine in force)

`sluice policy test harassment --set default --engine vllm --explain`

`sluice policy test --against promoted` (case by case beside what serves now)

`sluice policy test --against ../before/policies --junit golden.xml` (in CI)"""


def golden(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[POLICY]...", help="Only these.")] = None,
    policy_set: Annotated[
        str | None, typer.Option("--set", help="The set whose thresholds count.", show_default="policies.set")
    ] = None,
    engine: Annotated[
        EngineKind | None, typer.Option(help="What is asked.", show_default="judge.engine")
    ] = None,
    effort: Annotated[
        Effort | None, typer.Option(help="How long it may reason at first.", show_default="the set's routes'")
    ] = None,
    against: Against = None,
    repeat: Annotated[
        int, typer.Option(min=0, max=32, metavar="N", help="Ask N times more, at random: does it agree?")
    ] = 0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Group what is wrong by clause, with the model's reasons.")
    ] = False,
    show_text: Annotated[
        bool, typer.Option("--show-text", help="With --explain: texts, quotes and the whole reasoning too.")
    ] = False,
    to_junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML too, for CI.")
    ] = None,
    answers: Answers = None,
    fresh: Fresh = False,
    json: Json = False,
) -> None:
    """Ask an engine about each policy's golden cases, as the judge would: what is doubtful again, harder.

    Ends with status 1 below the set's thresholds, or where a case that must pass went wrong since the version
    that --against names. A run that was interrupted goes on where it stopped. A restricted policy has no
    golden cases: it is passed over, and said so.
    """
    check_packages()
    check_writable(to_junit)
    settings = asking(settings_of(ctx), engine)
    folder = PolicyFolder(find_folder(settings.policies.dir))
    loaded = folder.policy_set(policy_set or settings.policies.set)
    cases = _golden(folder, loaded, names)
    examination = Examination(
        policy_set=loaded,
        effort=effort,
        window=settings.judge.window,
        repeat=repeat,
        against=present(ctx, against, loaded.name),
    )
    kind = settings.judge.engine
    with kept_answers(kind, answers, fresh=fresh) as store:
        model, reports = asyncio.run(examined(settings, store, examination, cases))
    about = About(loaded.name, loaded.digest, kind.value, model, effort, kind is not EngineKind.EXEMPLAR)
    if to_junit is not None:
        replace_text(to_junit, junit(reports, about))
    if json:
        _tell(reports, about, explain=explain, show_text=show_text)
    else:
        show(reports, about, explain=explain, show_text=show_text)
    if any(report.lacks for report in reports):
        raise typer.Exit(Status.FAILED)


def _golden(folder: PolicyFolder, policy_set: PolicySet, names: Sequence[str] | None) -> Golden:
    """The policies that are named, else all of the set, each once and with its cases."""
    check_policies(policy_set, names or ())
    policies = [policy_set.policies[name] for name in dict.fromkeys(names or policy_set.policies)]
    return [(policy, folder.golden(policy)) for policy in policies]


def _tell(reports: Sequence[Report], about: About, *, explain: bool, show_text: bool) -> None:
    """Print a JSON object a policy."""
    for report in reports:
        told = as_json(report, about)
        tell({**told, "blamed": blame_json(report.result, show_text=show_text)} if explain else told)
