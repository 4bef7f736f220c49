"""`sluice dlq`: what the processors gave up on, and back with it once the cause is mended."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from stream.adapters.kafka.publish import publish_all
from stream.cli.context import connection_of, scan_of, settings_of
from stream.cli.output import Json, say, tell
from stream.cli.since import Since
from stream.cli.status import Group, Status
from stream.core.printable import printable
from stream.core.topics import Topic
from stream.ops.amounts import clock, count
from stream.ops.dead_letters import Filed, Filter, Plan, found, made_whole, plan_of, replayed

app = typer.Typer(
    cls=Group, no_args_is_help=True, rich_markup_mode="markdown", help="Dead letters: list them, replay them."
)

Processor = Annotated[str | None, typer.Option(help="Only of gate, triage or judge.")]
From = Annotated[str | None, typer.Option("--topic", help="Only from this topic, without the prefix.")]
Error = Annotated[str | None, typer.Option(help="Only with this error: unreadable, misrouted, oversized …")]
ContentId = Annotated[str | None, typer.Option("--id", metavar="ID", help="Only of this post.")]


@app.command("list")
def listed(
    ctx: typer.Context,
    processor: Processor = None,
    topic: From = None,
    error: Error = None,
    content_id: ContentId = None,
    since: Since = None,
    json: Json = False,
) -> None:
    """List dead letters: when, who gave up, why, on what. The record's own bytes are not shown."""
    wanted = Filter(processor, topic, error, content_id)
    number = 0
    for filed in _found(ctx, wanted, since):
        number += 1
        if json:
            tell(_told(filed))
        else:
            _show(filed)
    if not json:
        say(count(number, "dead letter"))


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="LETTER", help="Letters by name, as `dlq list` says: 3-1042."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that the filters leave.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without it, only say what would be done.")
    ] = False,
    processor: Processor = None,
    topic: From = None,
    error: Error = None,
    content_id: ContentId = None,
    since: Since = None,
) -> None:
    """Write letters back to the topics that they came from, with their keys and bytes.

    Mend the cause first. Nothing is sent without --yes. A truncated letter is refused: its record is not
    whole. One whose bytes were withheld, because they may be for few eyes, is read where its record lies, and
    refused once Kafka no longer has it. Letters stay where they are, so replaying one twice sends it twice;
    the gate takes a repeat of the same content for what it is.
    """
    if bool(names) == everything:
        raise typer.BadParameter("name some letters, or say --all")
    wanted = Filter(processor, topic, error, content_id, tuple(names or ()))
    plan = plan_of(_whole(ctx, wanted, since), settings_of(ctx).topics.names)
    unknown = sorted(set(names or ()) - plan.names)
    _show_plan(plan, unknown, yes=yes)
    if yes:
        # Read again rather than kept: the letters of a bad day may not fit into memory.
        letters = (filed for filed in _whole(ctx, wanted, since) if filed.name in plan.topics)
        publish_all(connection_of(ctx), map(replayed, letters))
    done = "replayed" if yes else "to replay"
    say(
        f"{len(plan.topics):,} {done}, {len(plan.refused):,} refused",
        "" if yes else "; nothing is sent without --yes",
    )
    if plan.refused or unknown:
        raise typer.Exit(Status.FAILED)


def _show_plan(plan: Plan, unknown: Sequence[str], *, yes: bool) -> None:
    for name, why in plan.refused.items():
        say(("refused ", "bold red"), f"{name}: {why}")
    for name in unknown:
        say(("missing ", "bold red"), f"{name}: there is no such letter")
    for came_from, number in sorted(Counter(plan.topics.values()).items()):
        say(("replay  " if yes else "would replay ", "green"), f"{number:,} to {came_from}")


def _found(ctx: typer.Context, wanted: Filter, since: int | None) -> Iterator[Filed]:
    names = settings_of(ctx).topics.names
    with scan_of(ctx) as scan:
        yield from found(scan.read(scan.partitions(names.of(Topic.DEAD_LETTERS)), since), wanted, names)


def _whole(ctx: typer.Context, wanted: Filter, since: int | None) -> Iterator[Filed]:
    """The same, with withheld bytes read again where they lie."""
    with scan_of(ctx) as originals:
        for filed in _found(ctx, wanted, since):
            letter = filed.letter
            if letter.withheld:
                original = originals.at((letter.topic, letter.partition), letter.offset)
                yield made_whole(filed, original)
            else:
                yield filed


def _show(filed: Filed) -> None:
    letter = filed.letter
    key = printable((letter.key or b"").decode(errors="replace")) or "no key"
    size = f"{len(letter.value or b''):,} bytes" + (", truncated" if letter.truncated else "")
    if letter.withheld:
        size = "bytes withheld"
    say(
        (f"{filed.name:<10} ", "bold"),
        (clock(letter.at), "dim"),
        "  ",
        (letter.error, "red"),
        f"  {letter.processor}  {letter.place}  {key}  ",
        (size, "dim"),
        f"\n           {printable(letter.detail)}",
    )


def _told(filed: Filed) -> dict[str, object]:
    letter = filed.letter
    return {
        "letter": filed.name,
        "at": letter.at,
        "processor": letter.processor,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "error": letter.error,
        "detail": letter.detail,
        "key": (letter.key or b"").decode(errors="replace"),
        "bytes": len(letter.value or b""),
        "truncated": letter.truncated,
        "withheld": letter.withheld,
    }
