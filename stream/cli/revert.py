"""`sluice revert`: undo what a model did under one policy set."""

import time
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from stream.adapters.kafka.publish import publish_all
from stream.adapters.kafka.scan import Scan
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
from stream.cli.decide import Decided
from stream.cli.interrupt import until_interrupted
from stream.cli.output import note, say
from stream.cli.pacing import Rate, paced
from stream.cli.staff import By
from stream.core.terms import Decision
from stream.core.topics import Topic, TopicNames
from stream.ops.amounts import clock, count
from stream.ops.revert import (
    Found,
    Narrowed,
    Overtaken,
    Wanted,
    Way,
    narrowed,
    orders,
    outgoing,
    still_standing,
    summary,
)
from stream.ports import Outgoing, Partition

EXAMPLES = """Examples:

`sluice revert --digest sha256:… --from 2026-11-03T08:00Z --to 2026-11-03T12:00Z --dry-run`

`sluice revert --digest sha256:… --from … --to … --reason "faulty set" --ticket OPS-17 --yes --rate 200/s`

`sluice revert --digest sha256:… --from … --to … --only remove --policy spam-and-scams --judge-again …`"""


def revert(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    digest: Annotated[str, typer.Option(help="The policy set's digest, as verdicts name it: sha256:…")],
    begin: Begin,
    end: End,
    dry_run: DryRun = False,
    yes: Yes = False,
    only: Annotated[Decided | None, typer.Option(help="Only these decisions.")] = None,
    policy: Annotated[str | None, typer.Option(help="Only under this policy.")] = None,
    surface: Surface = None,
    judge_again: Annotated[
        bool, typer.Option("--judge-again", help="Judge removals again instead of restoring them.")
    ] = False,
    hide: Annotated[bool, typer.Option("--hide", help="Hide releases until they are judged again.")] = False,
    reason: Reason = "",
    ticket: Ticket = "",
    by: By = None,
    rate: Rate = "50/s",  # type: ignore[assignment]  # parsed as what is typed
) -> None:
    """Undo what a model did under one policy set, as far as it is still the last word about its content.

    Removals are restored by a staff decision, or judged again with --judge-again. Releases are judged again,
    and stay visible meanwhile unless --hide says otherwise. Nothing is sent without --yes, --reason and
    --ticket. What was sent under a ticket is read from Kafka, and left out: after Ctrl-C or a crash run the
    same line again. What something else is decided about meanwhile is left out too.
    """
    check_bulk(begin, end, reason, ticket, yes=yes, dry_run=dry_run)
    names = settings_of(ctx).topics.names
    wanted = Wanted(
        digest=digest,
        begin=begin,
        end=end,
        decision=Decision(only.value) if only is not None else None,
        policy=policy,
        surface=surface,
    )
    way = Way(by=identity_of(ctx, by), reason=reason, ticket=ticket, judge_again=judge_again, hide=hide)
    with scan_of(ctx) as scan:
        verdicts = scan.partitions(names.of(Topic.VERDICTS))
        ends = scan.ends(verdicts)  # before reading: what comes from here on is looked at while sending
        standing = _standing(scan, verdicts, wanted, names)
        said = said_under(scan, ticket, names)
        found = {name: one for name, one in standing.found.items() if (one.id, one.version) not in said}
        _show(found, standing, way, wanted)
        if not yes:
            nothing_sent()
            return
        events = [outgoing(event, names) for event in orders(found.values(), way, now_ms())]
        sent, overtaken = _send(ctx, events, rate, Overtaken(scan.follow(ends), wanted, time.monotonic))
    whole = sent + overtaken == len(events)
    say(f"{sent:,} of {len(events):,} sent", "; the gate applies them as they come" if whole else "")
    if overtaken:
        say(f"{overtaken:,} left out: something else was decided about them meanwhile")
    if not whole:
        stop_short()


def _standing(scan: Scan, verdicts: Sequence[Partition], wanted: Wanted, names: TopicNames) -> Narrowed:
    found = still_standing(scan.read(verdicts), wanted)
    if not wanted.needs_routes:
        return Narrowed(found, 0)
    return narrowed(found, audit_of(scan, wanted.begin, names), wanted)


def _show(found: Found, standing: Narrowed, way: Way, wanted: Wanted) -> None:
    done = len(standing.found) - len(found)
    say(
        (count(len(found), "decision"), "bold"),
        f" of {wanted.digest[:19]}… from {clock(wanted.begin)} to {clock(wanted.end)} still stand",
        f"; {done:,} more are under way by this ticket" if done else "",
    )
    if standing.untold:
        note(f"{standing.untold:,} more are left alone: `audit` does not tell where their cases went")
    for what, name, number in summary(found.values(), way):
        say((f"  {what:<9}", "dim"), f"{name:<32}", f"{number:>12,}")


def _send(ctx: typer.Context, events: Sequence[Outgoing], rate: int, overtaken: Overtaken) -> tuple[int, int]:
    """Send the orders until they are through or Ctrl-C; returns how many were sent, and how many left out."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    left_out = 0

    def standing(event: Outgoing) -> bool:
        nonlocal left_out
        gone = overtaken.has(event.key.decode())
        left_out += gone
        return not gone

    with until_interrupted() as stopped, Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(events))
        due = paced(events, rate, stopped, lambda: progress.advance(task))
        sent = publish_all(connection_of(ctx), filter(standing, due))
    return sent, left_out
