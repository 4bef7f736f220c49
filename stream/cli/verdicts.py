"""`sluice verdicts`: what the gate says, as it says it. Never a post's text."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from stream.adapters.kafka.scan import Scan
from stream.cli.context import scan_of, settings_of
from stream.cli.output import Json, console, tell
from stream.core.errors import Unreadable
from stream.core.topics import Topic
from stream.core.verdict import Verdict
from stream.core.wire import read_verdict
from stream.ops.amounts import clock
from stream.ops.masking import masked
from stream.ops.wording import COLOURS, in_words, standing
from stream.ports import BEGINNING, Partition, Record

EXAMPLES = """Examples:

`sluice verdicts`

`sluice verdicts --id post-1 --from-beginning`

`sluice verdicts --from-beginning --no-follow --json | jq -r 'select(.decision == "remove") | .id'`"""


def verdicts(
    ctx: typer.Context,
    content_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="Only this post's.")] = None,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="What is there already, too.")
    ] = False,
    follow: Annotated[bool, typer.Option(help="Go on until Ctrl-C, or end with what is there.")] = True,
    json: Json = False,
) -> None:
    """Show verdicts as they come: hold, release, remove, deleted; by whom, until when, by which clauses."""
    topic = settings_of(ctx).topics.names.of(Topic.VERDICTS)
    with scan_of(ctx) as scan:
        partitions = [scan.partition_of(topic, content_id)] if content_id else scan.partitions(topic)
        for record in _records(scan, partitions, from_beginning=from_beginning, follow=follow):
            verdict = _wanted(record, content_id)
            if verdict is None:
                continue
            if json:
                tell(masked(verdict))
            else:
                console().print(line_of(verdict), soft_wrap=True)


def line_of(verdict: Verdict) -> Text:
    """A verdict as a line."""
    colour = COLOURS[standing(verdict)]
    return Text.assemble(
        (clock(verdict.at), "dim"), "  ", (f"{verdict.id:<24} ", ""), (in_words(verdict), colour)
    )


def _records(
    scan: Scan, partitions: list[Partition], *, from_beginning: bool, follow: bool
) -> Iterator[Record | None]:
    if not follow:
        return scan.read(partitions)
    return scan.follow(dict.fromkeys(partitions, BEGINNING) if from_beginning else scan.ends(partitions))


def _wanted(record: Record | None, content_id: str | None) -> Verdict | None:
    if record is None or (content_id is not None and record.key != content_id.encode()):
        return None
    try:
        return read_verdict(record.value)
    except Unreadable:  # a tombstone, or not written by a gate
        return None
