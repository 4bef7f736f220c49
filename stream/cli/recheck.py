"""`sluice recheck`: judge past content again under the set in force."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.kafka.lag import GroupLag
from stream.adapters.kafka.publish import publish_all
from stream.adapters.kafka.scan import Scan
from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.bulk import (
    Begin,
    DryRun,
    End,
    Reason,
    Surface,
    Ticket,
    Yes,
    audit_of,
    check_bulk,
    nothing_sent,
    said_under,
    stop_short,
)
from stream.cli.context import connection_of, identity_of, now_ms, scan_of, settings_of
from stream.cli.control import told
from stream.cli.decide import Decided
from stream.cli.interrupt import until_interrupted
from stream.cli.output import say
from stream.cli.pacing import Rate
from stream.cli.staff import By
from stream.core.control.promotion import promoted_set
from stream.core.errors import BadInput
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Decision
from stream.core.toml_text import nearest
from stream.core.topics import Topic, TopicNames
from stream.ops.amounts import clock, count
from stream.ops.recheck import Found, Wanted, outgoing, requests, routed, standing, without
from stream.ops.throttle import Throttle
from stream.ports import Outgoing

EXAMPLES = """Examples:

`sluice recheck --policy hate --from 2026-11-16 --to 2026-11-23 --dry-run`

`sluice recheck --policy hate --from … --to … --reason "HA2 reworded" --ticket OPS-31 --yes`

`sluice recheck --policy hate --from … --to … --surface comment --decision remove --rate 20/s …`"""

_JUDGE = "judge"


def recheck(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    policy: Annotated[str, typer.Option(help="The policy that changed.")],
    begin: Begin,
    end: End,
    surface: Surface = None,
    decision: Annotated[Decided | None, typer.Option(help="Only what was decided so.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    reason: Reason = "",
    ticket: Ticket = "",
    by: By = None,
    rate: Rate = "50/s",  # type: ignore[assignment]  # parsed as what is typed
    waiting: Annotated[
        int, typer.Option(min=0, help="Pause while more cases than this wait for the judge.")
    ] = 500,
) -> None:
    """Open a watch case about past content that this policy would judge under the set in force.

    Nothing is hidden: what stands stays until the case closes, and what a person decided only a person
    overturns. Each case is judged under all policies of its route, at low effort, behind live posts. Nothing
    is sent without --yes, --reason and --ticket. What was sent under a ticket is read from Kafka, and left
    out: after Ctrl-C or a crash run the same line again.
    """
    check_bulk(begin, end, reason, ticket, yes=yes, dry_run=dry_run)
    names = settings_of(ctx).topics.names
    policy_set = _in_force(ctx, policy)
    chosen = Decision(decision.value) if decision is not None else None
    wanted = Wanted(policy=policy, begin=begin, end=end, decision=chosen, surface=surface)
    with scan_of(ctx) as scan:
        found, done = _left(scan, wanted, policy_set, ticket, names)
    _show(found, done, wanted, policy_set)
    if not yes:
        nothing_sent()
        return
    events = [
        outgoing(event, names) for event in requests(found, identity_of(ctx, by), reason, ticket, now_ms())
    ]
    sent = _send(ctx, events, rate, waiting)
    say(f"{sent:,} of {len(events):,} sent", "; the judge gets to them" if sent == len(events) else "")
    if sent < len(events):
        stop_short()


def _in_force(ctx: typer.Context, policy: str) -> PolicySet:
    """The set that the fleet works under, as far as it can be told from here."""
    promoted = told(ctx).promoted
    settings = settings_of(ctx)
    if promoted is not None:
        found = promoted_set(promoted)
    else:
        found = PolicyFolder(find_folder(settings.policies.dir)).policy_set(settings.policies.set)
    if policy not in found.policies:
        hint = nearest(policy, list(found.policies))
        raise BadInput(f"set `{found.name}`, which is in force, has no policy `{policy}`: {hint}")
    return found


def _left(
    scan: Scan, wanted: Wanted, policy_set: PolicySet, ticket: str, names: TopicNames
) -> tuple[Found, int]:
    """What is to be judged again and was not asked for yet, and how much of it was."""
    remembered = now_ms() - policy_set.terms.retention
    found = standing(scan.read(scan.partitions(names.of(Topic.VERDICTS))), wanted, remembered)
    found = routed(found, audit_of(scan, wanted.begin, names), wanted, policy_set)
    left = without(found, said_under(scan, ticket, names))
    return left, len(found.verdicts) - len(left.verdicts)


def _show(found: Found, done: int, wanted: Wanted, policy_set: PolicySet) -> None:
    say(
        (count(len(found.verdicts), "decision"), "bold"),
        f" from {clock(wanted.begin)} to {clock(wanted.end)} would be judged again under {wanted.policy}@"
        f"{policy_set.policies[wanted.policy].version}",
        f"; {done:,} more were asked for by this ticket" if done else "",
    )
    for decision in (Decision.RELEASE, Decision.REMOVE):
        number = sum(one.decision is decision for one in found.verdicts.values())
        say((f"  {'stands as':<10}", "dim"), f"{decision.value:<42}", f"{number:>12,}")
    for why, number in found.left.most_common():
        say((f"  {'left out':<10}", "dim"), f"{why:<42}", f"{number:>12,}")


def _send(ctx: typer.Context, events: Sequence[Outgoing], rate: int, most: int) -> int:
    """Send the requests below live traffic until they are through or Ctrl-C; returns how many were."""
    names = settings_of(ctx).topics.names
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    group, topic = names.prefix + _JUDGE, names.of(Topic.CASES_JUDGE)
    with (
        GroupLag(connection_of(ctx), group, topic) as lag,
        until_interrupted() as stopped,
        Progress(*columns, console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task("", total=len(events))

        def waiting() -> int:
            behind = lag.behind()
            progress.update(task, description=f"{behind:,} wait for the judge" if behind > most else "")
            return behind

        throttle = Throttle(rate, most, waiting, time.monotonic, time.sleep)
        passed = _let_through(events, throttle, stopped, lambda: progress.advance(task))
        return publish_all(connection_of(ctx), passed)


def _let_through(
    events: Sequence[Outgoing], throttle: Throttle, stopped: Callable[[], bool], passed: Callable[[], None]
) -> Iterator[Outgoing]:
    for event in events:
        if not throttle.wait(stopped):
            return
        yield event
        passed()
