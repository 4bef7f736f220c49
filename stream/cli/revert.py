"""`sluice revert`: undo what a model did under one policy set."""

import re
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from stream.adapters.kafka.publish import publish_all
from stream.adapters.kafka.scan import Scan
from stream.cli.context import connection_of, identity_of, now_ms, scan_of, settings_of
from stream.cli.interrupt import until_interrupted
from stream.cli.moment import moment
from stream.cli.output import note, say
from stream.cli.status import Status
from stream.core.terms import Decision
from stream.core.topics import Topic, TopicNames
from stream.ops.amounts import clock, count
from stream.ops.revert import (
    Action,
    Found,
    Wanted,
    Way,
    already_said,
    narrowed,
    orders,
    outgoing,
    still_standing,
    summary,
)
from stream.ports import Outgoing

EXAMPLES = """Examples:

`sluice revert --digest sha256:… --from 2026-11-03T08:00Z --to 2026-11-03T12:00Z --dry-run`

`sluice revert --digest sha256:… --from … --to … --reason "faulty set" --ticket OPS-17 --yes --rate 200/s`

`sluice revert --digest sha256:… --from … --to … --only remove --policy spam-and-scams --judge-again …`"""

_TWO_DAYS = 2 * 86_400_000
"""How long before its decision a case may have been routed."""


class Only(StrEnum):
    """Which decisions."""

    RELEASE = "release"
    REMOVE = "remove"


def _rate(text: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,5})/s", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no rate: write 50/s")
    return int(found[1])


def revert(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    digest: Annotated[str, typer.Option(help="The policy set's digest, as verdicts name it: sha256:…")],
    begin: Annotated[int, typer.Option("--from", parser=moment, metavar="TIME", help="From when on.")],
    end: Annotated[int, typer.Option("--to", parser=moment, metavar="TIME", help="Until before when.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False,
    only: Annotated[Only | None, typer.Option(help="Only these decisions.")] = None,
    policy: Annotated[str | None, typer.Option(help="Only under this policy.")] = None,
    surface: Annotated[str | None, typer.Option(help="Only on this surface.")] = None,
    judge_again: Annotated[
        bool, typer.Option("--judge-again", help="Judge removals again instead of restoring them.")
    ] = False,
    hide: Annotated[bool, typer.Option("--hide", help="Hide releases until they are judged again.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for the record; never a post's text.")] = "",
    ticket: Annotated[
        str, typer.Option(help="Names this undoing: a later run with it goes on with it.")
    ] = "",
    by: Annotated[
        str | None, typer.Option(help="Your pseudonym.", show_default="staff.identity, else $USER")
    ] = None,
    rate: Annotated[
        int, typer.Option(parser=_rate, metavar="N/s", help="So many a second at most.", show_default="50/s")
    ] = "50/s",  # type: ignore[assignment]  # parsed as what is typed
) -> None:
    """Undo what a model did under one policy set, as far as it is still the last word about its content.

    Removals are restored by a staff decision, or judged again with --judge-again. Releases are judged again,
    and stay visible meanwhile unless --hide says otherwise. Nothing is sent without --yes, --reason and
    --ticket. What was sent under a ticket is read from Kafka, and left out: after Ctrl-C or a crash run the
    same line again.
    """
    if yes and (dry_run or not reason or not ticket):
        raise typer.BadParameter("--yes needs --reason and --ticket, and no --dry-run")
    settings = settings_of(ctx)
    names = settings.topics.names
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
        found, done = _left(scan, wanted, ticket, names)
    _show(found, done, way, wanted)
    if not yes:
        say("nothing is sent without --yes, --reason and --ticket")
        return
    sent = _send(ctx, found, way, rate)
    total = sum(way.action(verdict) in (Action.RESTORE, Action.JUDGE_AGAIN) for verdict in found.values())
    say(f"{sent:,} of {total:,} sent", "; the gate applies them as they come" if sent == total else "")
    if sent < total:
        note("stopped: run the same line again to go on")
        raise typer.Exit(Status.INTERRUPTED)


def _left(scan: Scan, wanted: Wanted, ticket: str, names: TopicNames) -> tuple[Found, int]:
    """What still stands and was not said yet, and how much of it was."""
    found = still_standing(scan.read(scan.partitions(names.of(Topic.VERDICTS))), wanted)
    if wanted.needs_routes:
        audit = scan.partitions(names.of(Topic.AUDIT))
        found = narrowed(found, scan.read(audit, max(0, wanted.begin - _TWO_DAYS)), wanted)
    if not ticket:
        return found, 0
    said = already_said(scan.read(scan.partitions(names.of(Topic.OUTCOMES))), ticket)
    left = {name: one for name, one in found.items() if (one.id, one.version) not in said}
    return left, len(found) - len(left)


def _show(found: Found, done: int, way: Way, wanted: Wanted) -> None:
    say(
        (count(len(found), "decision"), "bold"),
        f" of {wanted.digest[:19]}… from {clock(wanted.begin)} to {clock(wanted.end)} still stand",
        f"; {done:,} more are under way by this ticket" if done else "",
    )
    for what, name, number in summary(found.values(), way):
        say((f"  {what:<9}", "dim"), f"{name:<32}", f"{number:>12,}")


def _send(ctx: typer.Context, found: Found, way: Way, rate: int) -> int:
    """Send the orders, no faster than the rate, until they are through or Ctrl-C; returns how many were."""
    names = settings_of(ctx).topics.names
    events = [outgoing(event, names) for event in orders(found.values(), way, now_ms())]
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with until_interrupted() as stopped, Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(events))
        return publish_all(connection_of(ctx), _paced(events, rate, stopped, lambda: progress.advance(task)))


def _paced(
    events: list[Outgoing], rate: int, stopped: Callable[[], bool], passed: Callable[[], None]
) -> Iterator[Outgoing]:
    begun = time.monotonic()
    for number, event in enumerate(events):
        ahead = begun + number / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        if stopped():
            return
        yield event
        passed()
