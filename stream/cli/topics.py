"""`sluice topics`: make them, look at them."""

import typer
from msgspec import to_builtins
from rich.text import Text

from stream.cli.context import settings_of, topics_of
from stream.cli.output import Json, console, say, tell
from stream.cli.status import Group, Status
from stream.config import Settings
from stream.core.topic_faults import Fault, Needs
from stream.ops.amounts import count

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Make the topics, or see whether they will do.",
)


@app.command()
def create(ctx: typer.Context, json: Json = False) -> None:
    """Make the topics that are not there; those that are stay as they are.

    Their number of partitions and copies: topics.partitions, topics.replication.
    """
    settings = settings_of(ctx)
    created = topics_of(ctx).create(settings.topics.partitions, settings.topics.replication)
    if json:
        tell(created)
        return
    for name in created.made:
        say(("made   ", "green"), name)
    for name in created.existed:
        say(("exists ", "dim"), name)
    say(f"{len(created.made)} made, {len(created.existed)} were there; `sluice topics check` looks at them")


@app.command()
def check(ctx: typer.Context, json: Json = False) -> None:
    """See whether topics and brokers will do: partitions, sizes, retention, compaction, time-outs.

    Ends with status 3 where a process could not start with them, be it the ledger alone; hints end with 0.
    """
    found = topics_of(ctx).faults(needs_of(settings_of(ctx)))
    grave = sum(fault.grave for fault in found)
    if json:
        for fault in found:
            tell(to_builtins(fault) | {"where": fault.where})
    else:
        for fault in found:
            _show(fault)
        say(f"{count(grave, 'fault')}, {count(len(found) - grave, 'hint')}")
    if grave:
        raise typer.Exit(Status.MISCONFIGURED)


def needs_of(settings: Settings) -> Needs:
    """What these settings need of a cluster."""
    return Needs(
        partitions=settings.topics.partitions,
        transaction_timeout=settings.gate.transaction_timeout_ms,
        session_timeout=settings.gate.session_timeout_ms,
        ledger_session_timeout=settings.ledger.session_timeout_ms,
    )


def _show(fault: Fault) -> None:
    head = ("fault  ", "bold red") if fault.grave else ("hint   ", "yellow")
    text = Text.assemble(
        head, (fault.where, "bold"), "\n       ", fault.what, "\n       ", (fault.mend, "dim")
    )
    console().print(text, soft_wrap=True)
