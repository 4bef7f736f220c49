"""What a set must pass before it is promoted: its policies' golden cases, by the engine in force."""

import asyncio
from pathlib import Path

from stream.adapters.policies import PolicyFolder
from stream.cli.answers import kept_answers
from stream.cli.context import now_ms
from stream.cli.golden_asking import asking, examined
from stream.cli.output import say
from stream.config import EngineKind, Settings
from stream.core.policy.policy_set import PolicySet
from stream.ops.amounts import count
from stream.ops.policies.examination import Examination

TRUSTED_MS = 24 * 3_600_000
"""How old a remembered answer may be here: behind the same name another model may serve by then."""

NO_EVIDENCE = "the exemplar compares texts with examples: this says nothing about a model"


def passes(
    settings: Settings, folder: PolicyFolder, policy_set: PolicySet, answers: Path | None, *, fresh: bool
) -> bool:
    """Ask the engine in force about every golden case; say what falls short of the set's thresholds.

    Args:
        settings: which engine; the exemplar may serve here, for it decides nothing.
        folder: where the golden cases lie.
        policy_set: whose policies and thresholds count.
        answers: where answers are kept, so that doing it asks nothing that looking asked, unless it is older
            than `TRUSTED_MS`; None is the cache.
        fresh: whether all is asked anew, and nothing kept.

    Raises:
        Unavailable: the engine does not answer.
        Misconfigured: there is no such engine here.
        BadInput: answers cannot be kept there, or a file of golden cases does not hold together.
    """
    settings = asking(settings)
    golden = [(policy, folder.golden(policy)) for policy in policy_set.policies.values()]
    examination = Examination(policy_set=policy_set, effort=None, window=settings.judge.window)
    since = now_ms() - TRUSTED_MS
    with kept_answers(settings.judge.engine, answers, fresh=fresh, since=since) as store:
        model, reports = asyncio.run(examined(settings, store, examination, golden))
    for report in reports:
        for lack in report.lacks:
            say(("short    ", "bold red"), f"{report.result.policy.id}: {lack}")
    reached = sum(not report.lacks for report in reports)
    cases = count(sum(len(report.result.cases) for report in reports), "golden case")
    of = f"{reached} of {len(reports)} policies reach the thresholds of set {policy_set.name}"
    say(("tried    ", "cyan"), f"{cases} by {model}: {of}")
    if settings.judge.engine is EngineKind.EXEMPLAR:
        say(("         " + NO_EVIDENCE, "dim"))
    return reached == len(reports)
