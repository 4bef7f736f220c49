"""Commands that tell the gate about many decisions under one ticket: their options, and what they share."""

from collections.abc import Iterator
from typing import Annotated, NoReturn

import typer

from stream.adapters.kafka.scan import Scan
from stream.cli.moment import check_order, moment
from stream.cli.output import note, say
from stream.cli.staff import noted
from stream.cli.status import Status
from stream.core.topics import Topic, TopicNames
from stream.ops.outcomes import already_said
from stream.ports import Record

Begin = Annotated[int, typer.Option("--from", parser=moment, metavar="TIME", help="Decided from when on.")]
End = Annotated[int, typer.Option("--to", parser=moment, metavar="TIME", help="Until before when.")]
Surface = Annotated[str | None, typer.Option(help="Only on this surface.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it.")]
Reason = Annotated[str, typer.Option(callback=noted, help="Why, for the record; never a post's text.")]
Ticket = Annotated[
    str, typer.Option(callback=noted, help="Names this run: a later one with it goes on with it.")
]

_TWO_DAYS = 2 * 86_400_000
"""How long before its decision a case may have been routed."""


def check_bulk(begin: int, end: int, reason: str, ticket: str, *, yes: bool, dry_run: bool) -> None:
    """Refuse options that do not fit each other. Raises `typer.BadParameter`."""
    check_order(begin, end)
    if yes and (dry_run or not reason or not ticket):
        raise typer.BadParameter("--yes needs --reason and --ticket, and no --dry-run")


def nothing_sent() -> None:
    """Say why nothing is."""
    say("nothing is sent without --yes, --reason and --ticket")


def stop_short() -> NoReturn:
    """End a run that was interrupted before its last record. Raises `typer.Exit`."""
    note("stopped: run the same line again to go on")
    raise typer.Exit(Status.INTERRUPTED)


def audit_of(scan: Scan, begin: int, names: TopicNames) -> Iterator[Record]:
    """What `audit` has about cases that were decided from `begin` (ms) on."""
    return scan.read(scan.partitions(names.of(Topic.AUDIT)), max(0, begin - _TWO_DAYS))


def said_under(scan: Scan, ticket: str, names: TopicNames) -> set[tuple[str, int]]:
    """Id and version of what was sent under this ticket; nothing where there is none."""
    if not ticket:
        return set()
    return already_said(scan.read(scan.partitions(names.of(Topic.OUTCOMES))), ticket)
