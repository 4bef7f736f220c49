"""`sluice policy test`: golden cases against an engine, and the set's thresholds."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec import to_builtins
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.context import settings_of
from stream.cli.output import Json, console, say, tell
from stream.cli.status import Status
from stream.config import EngineKind, Settings
from stream.core.errors import Misconfigured
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Effort
from stream.core.toml_text import nearest
from stream.ops.policies.trial import Result, Trial
from stream.ports import Engine

EXAMPLES = """Examples:

`sluice policy test` (all policies of the set in force, with the engine in force)

`sluice policy test harassment --set default --engine vllm --effort high`"""

NO_EVIDENCE = "The exemplar engine compares texts with examples: these figures say nothing about a model."


def golden(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[POLICY]...", help="Only these.")] = None,
    policy_set: Annotated[
        str | None, typer.Option("--set", help="The set whose thresholds count.", show_default="policies.set")
    ] = None,
    engine: Annotated[
        EngineKind | None, typer.Option(help="What is asked.", show_default="judge.engine")
    ] = None,
    effort: Annotated[
        Effort | None, typer.Option(help="How long it may reason.", show_default="the set's last route's")
    ] = None,
    json: Json = False,
) -> None:
    """Ask an engine about each policy's golden cases; ends with status 1 below the set's thresholds.

    A restricted policy has no golden cases: it is passed over, and said so.
    """
    settings = _chosen(settings_of(ctx), engine)
    folder = PolicyFolder(find_folder(settings.policies.dir))
    loaded = folder.policy_set(policy_set or settings.policies.set)
    results = asyncio.run(_tried(settings, folder, loaded, _named(loaded, names), effort))
    _told(results, loaded, settings.judge.engine, json)
    if any(result.shortfalls for result in results):
        raise typer.Exit(Status.FAILED)


def _chosen(settings: Settings, engine: EngineKind | None) -> Settings:
    """The settings with the engine asked for; the exemplar may serve here, for it decides nothing."""
    judge = replace(settings.judge, exemplar=replace(settings.judge.exemplar, serve=True))
    return replace(settings, judge=replace(judge, engine=engine) if engine is not None else judge)


def _named(policy_set: PolicySet, names: Sequence[str] | None) -> list[str]:
    for name in names or ():
        if name not in policy_set.policies:
            hint = nearest(name, list(policy_set.policies))
            raise Misconfigured(f"set `{policy_set.name}` has no policy `{name}`: {hint}")
    return list(names or policy_set.policies)


async def _tried(
    settings: Settings, folder: PolicyFolder, policy_set: PolicySet, names: list[str], effort: Effort | None
) -> list[Result]:
    from stream.wiring.workers import engine_of

    asked = engine_of(settings)
    await asked.start()
    try:
        trial = Trial(asked, policy_set, effort or policy_set.routes[-1].effort, settings.judge.window)
        return await _run(trial, asked, folder, policy_set, names)
    finally:
        await asked.stop()


async def _run(
    trial: Trial, asked: Engine, folder: PolicyFolder, policy_set: PolicySet, names: list[str]
) -> list[Result]:
    golden = {name: folder.golden(policy_set.policies[name]) for name in names}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(asked.model, total=sum(map(len, golden.values())))
        return [
            await trial.run(policy_set.policies[name], cases, lambda: progress.advance(task))
            for name, cases in golden.items()
        ]


def _told(results: Sequence[Result], policy_set: PolicySet, engine: EngineKind, json: bool) -> None:
    for result in results:
        if json:
            tell(_line(result))
    if json:
        return
    tried = [result for result in results if result.cases]
    console().print(_table(tried))
    for result in results:
        for lack in result.shortfalls:
            say((f"{result.policy.id}: ", "bold red"), lack)
        if not result.cases:
            say(
                (f"{result.policy.id}: ", "bold"),
                "no golden cases",
                " (restricted)" * result.policy.restricted,
            )
    if engine is EngineKind.EXEMPLAR:
        say((NO_EVIDENCE, "dim"))
    reached = sum(not result.shortfalls for result in tried)
    say(f"{reached} of {len(tried)} reach the thresholds of set `{policy_set.name}`")


def _table(results: Sequence[Result]) -> Table:
    table = Table("policy", box=None)
    for heading in ("cases", "decided", "right", "missed", "false alarms", "always safe", "always violating"):
        table.add_column(heading, justify="right")
    for result in results:
        figures = result.figures
        table.add_row(
            f"{result.policy.id} {result.policy.version}",
            str(figures.cases),
            str(figures.decided),
            str(figures.right),
            f"{figures.missed} of {result.of('violates')}",
            f"{figures.false_alarms} of {result.of('safe')}",
            f"{figures.always_safe} right",
            f"{figures.always_violating} right",
        )
    return table


def _line(result: Result) -> dict[str, object]:
    return {
        "policy": result.policy.id,
        "version": result.policy.version,
        "digest": result.policy.digest,
        "figures": to_builtins(result.figures),
        "shortfalls": list(result.shortfalls),
        "cases": [
            {"id": case.id, "wanted": case.result, "result": judgement.result, "failures": judgement.failures}
            for case, judgement in zip(result.cases, result.judgements, strict=True)
        ],
    }
