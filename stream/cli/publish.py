"""`sluice publish`: posts into the stream, as an app would publish them."""

import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Annotated

import typer

from stream.cli.context import connection_of, now_ms, settings_of
from stream.cli.output import Json, note, say, tell
from stream.cli.status import Status
from stream.client.publisher import Delivery, Publisher
from stream.core.content import ContentEvent, Published
from stream.core.errors import SluiceError, Unavailable, Unreadable
from stream.ops.lines import events_of

EXAMPLES = """Examples:

`sluice publish post-1 "Nice picture!" --surface comment --language en`

`sluice publish --file posts.jsonl`

`zcat posts.jsonl.gz | sluice publish --file - --json`"""

Sent = tuple[ContentEvent, Future[Delivery]]


def publish(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    content_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="The post's id.", show_default=False)
    ] = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="Its text.", show_default=False)] = None,
    version: Annotated[int, typer.Option(help="Grows with each edit.", min=1)] = 1,
    surface: Annotated[str, typer.Option(help="Where it stands: comment, profile …")] = "default",
    language: Annotated[
        str | None, typer.Option(help="BCP 47 tag; the model reads it from the text if unset.")
    ] = None,
    author: Annotated[str | None, typer.Option(help="A pseudonym.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help="JSON lines, - for standard input: posts {id, text, …}, or whole events with a type."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Publish one post, or every line of a file: edits, deletions, reports and appeals too.

    A line that breaks the contract is told and left out; the status is then 1.
    """
    if (file is None) == (content_id is None or text is None):
        raise typer.BadParameter("give an ID and a TEXT, or a --file")
    if file is not None:
        _publish_file(ctx, file, json=json)
        return
    event = Published(
        id=content_id or "",
        version=version,
        at=now_ms(),
        text=text or "",
        surface=surface,
        language=language,
        author=author,
    )
    with _publisher(ctx) as publisher:
        _report(event, publisher.send(event), json=json)


def _publisher(ctx: typer.Context) -> Publisher:
    prefix = settings_of(ctx).topics.prefix
    return Publisher(connection_of(ctx).as_librdkafka(), source="/sluice/cli", prefix=prefix)


def _publish_file(ctx: typer.Context, file: Path, *, json: bool) -> None:
    with _publisher(ctx) as publisher:
        counts = _publish_lines(publisher, _lines(file), json=json)
    summary = f"{counts['published']:,} published, {counts['refused']:,} refused"
    note(summary) if json else say(summary)
    if counts["refused"]:
        raise typer.Exit(Status.FAILED)


def _publish_lines(publisher: Publisher, lines: Iterator[str], *, json: bool) -> Counter[str]:
    """Send them all, then wait for what is still on its way; at most 10,000 are in hand at once."""
    counts: Counter[str] = Counter()
    waiting: list[Sent] = []
    for number, event in events_of(lines, now_ms()):
        try:
            if isinstance(event, Unreadable):
                raise event
            waiting.append((event, publisher.send(event)))
        except Unavailable:
            raise
        except SluiceError as error:
            counts["refused"] += 1
            note(f"line {number}: {error}")
        if len(waiting) >= 10_000:
            _settle(waiting, counts, json=json)
    _settle(waiting, counts, json=json)
    return counts


def _settle(waiting: list[Sent], counts: Counter[str], *, json: bool) -> None:
    for event, future in waiting:
        delivery = future.result()
        counts["published"] += 1
        if json:
            tell(_delivered(event, delivery))
    waiting.clear()


def _report(event: ContentEvent, future: Future[Delivery], *, json: bool) -> None:
    delivery = future.result()
    if json:
        tell(_delivered(event, delivery))
    else:
        place = f"{delivery.topic}/{delivery.partition}-{delivery.offset}"
        say(("published ", "green"), f"{event.id} v{event.version}", (f"  at {place}", "dim"))
        say((f"its life: sluice trace {event.id}", "dim"))


def _delivered(event: ContentEvent, delivery: Delivery) -> dict[str, object]:
    return {
        "id": event.id,
        "version": event.version,
        "digest": event.digest if isinstance(event, Published) else None,
        "topic": delivery.topic,
        "partition": delivery.partition,
        "offset": delivery.offset,
    }


def _lines(file: Path) -> Iterator[str]:
    if str(file) == "-":
        yield from sys.stdin
        return
    try:
        with file.open(encoding="utf-8") as opened:
            yield from opened
    except OSError as error:
        raise typer.BadParameter(
            f"{file} cannot be read: {error.strerror}. Name one that is there"
        ) from error
