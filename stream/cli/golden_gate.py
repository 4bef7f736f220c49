"""What a set must pass before it is promoted: its policies' golden cases, by the engine in force."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.policies import PolicyFolder
from stream.cli.output import say
from stream.config import EngineKind, Settings
from stream.core.policy.policy_set import PolicySet
from stream.ops.amounts import count
from stream.ops.policies.trial import Result, Trial

NO_EVIDENCE = "the exemplar compares texts with examples: this says nothing about a model"


def passes(settings: Settings, folder: PolicyFolder, policy_set: PolicySet) -> bool:
    """Ask the engine in force about every golden case; say what falls short of the set's thresholds.

    Args:
        settings: which engine; the exemplar may serve here, for it decides nothing.
        folder: where the golden cases lie.
        policy_set: whose policies and thresholds count.

    Raises:
        Unavailable: the engine does not answer.
        Misconfigured: there is no such engine here.
        PolicyInvalid: a file of golden cases does not hold together.
    """
    exemplar = replace(settings.judge.exemplar, serve=True)
    settings = replace(settings, judge=replace(settings.judge, exemplar=exemplar))
    model, results = asyncio.run(_tried(settings, folder, policy_set))
    for result in results:
        for lack in result.shortfalls:
            say(("short    ", "bold red"), f"{result.policy.id}: {lack}")
    reached = sum(not result.shortfalls for result in results)
    cases = count(sum(len(result.cases) for result in results), "golden case")
    of = f"{reached} of {len(results)} policies reach the thresholds of set {policy_set.name}"
    say(("tried    ", "cyan"), f"{cases} by {model}: {of}")
    if settings.judge.engine is EngineKind.EXEMPLAR:
        say(("         " + NO_EVIDENCE, "dim"))
    return reached == len(results)


async def _tried(
    settings: Settings, folder: PolicyFolder, policy_set: PolicySet
) -> tuple[str, Sequence[Result]]:
    from stream.wiring.workers import engine_of

    golden = [(policy, folder.golden(policy)) for policy in policy_set.policies.values()]
    engine = engine_of(settings)
    await engine.start()
    try:
        trial = Trial(engine, policy_set, policy_set.routes[-1].effort, settings.judge.window)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(engine.model, total=sum(len(cases) for _, cases in golden))
            results = [
                await trial.run(policy, cases, lambda: progress.advance(task)) for policy, cases in golden
            ]
        return engine.model, results
    finally:
        await engine.stop()
