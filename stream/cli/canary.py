"""`sluice canary`: known violations, wrapped in attempts at injection, past the model that is at work."""

import signal
import time
from collections.abc import Iterator, Sequence
from random import SystemRandom
from typing import Annotated

import typer
from msgspec import DecodeError
from msgspec.json import Decoder
from rich.table import Table

from stream.adapters.kafka.publish import publish_all
from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.context import connection_of, now_ms, scan_of, settings_of
from stream.cli.output import Json, console, say, tell
from stream.cli.since import milliseconds
from stream.cli.status import Status
from stream.core.canary import Fate
from stream.core.case import ReviewClosed, ReviewTask
from stream.core.content import ContentEvent
from stream.core.errors import Unavailable
from stream.core.policy.golden import GoldenCase
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode, headers_of, read_content
from stream.ops.canaries.attempts import attempts
from stream.ops.canaries.canary import NO_ANSWER, Canary, Roll, chosen, violations
from stream.ports import Outgoing, Record

SOURCE = "/sluice/canary"
EXAMPLES = """Examples:

`sluice canary`

`sluice canary --count 100 --policy harassment --wait 5m`

`sluice canary --count 20 --every 10m`

`sluice canary --json | jq -r 'select(.result == "missed") | .id'`"""
_COLUMNS = ((Fate.CAUGHT.value, "caught"), (Fate.MISSED.value, "missed"), (Fate.UNSURE.value, "with people"))
_HEARD = (Topic.VERDICTS, Topic.CASES_REVIEW)
_event = Decoder(Verdict | ReviewTask | ReviewClosed).decode


def canary(
    ctx: typer.Context,
    count: Annotated[int, typer.Option(help="How many to publish.", min=1, max=1_000)] = 20,
    policy: Annotated[str | None, typer.Option(help="Violations of this policy only.")] = None,
    every: Annotated[
        int | None,
        typer.Option(
            parser=milliseconds,
            metavar="TIME",
            help="Again and again, so often: 10m, 1h.",
            show_default="once",
        ),
    ] = None,
    wait: Annotated[
        int,
        typer.Option(parser=milliseconds, metavar="TIME", help="How long to wait for verdicts: 90s, 10m."),
    ] = "2m",  # type: ignore[assignment]  # as the parser reads it
    json: Json = False,
) -> None:
    """Measure whether attempts at injection persuade the model.

    Publishes golden cases that violate and must pass, each wrapped in an attempt of the shipped corpus, waits
    for what is decided, and deletes them. No reader shows a canary, nobody is notified, and no count includes
    one; while it runs, people may see its task. Nothing of a restricted policy is published.
    Ends with status 1 where one was released, 4 where some were not answered in time.
    """
    cases = _violations(ctx, policy)
    while True:
        begun = time.monotonic()
        roll = _run(ctx, chosen(attempts(), cases, count, SystemRandom()), wait / 1_000)
        _report(roll, json=json)
        if every is None:
            break
        time.sleep(max(0.0, begun + every / 1_000 - time.monotonic()))
    _see_to(roll, wait / 1_000)


def _violations(ctx: typer.Context, policy: str | None) -> list[tuple[str, GoldenCase]]:
    settings = settings_of(ctx)
    folder = PolicyFolder(find_folder(settings.policies.dir))
    return violations(folder.policy_set(settings.policies.set), folder.golden, policy)


def _see_to(roll: Roll, seconds: float) -> None:
    """End as the run did.

    Raises:
        Exit: a canary was released.
        Unavailable: some were not answered.
    """
    if roll.count(Fate.MISSED.value):
        raise typer.Exit(Status.FAILED)
    if missing := roll.count(NO_ANSWER):
        raise Unavailable(
            f"{missing:,} of {len(roll.canaries):,} canaries had no verdict in {seconds:g} s and were"
            " deleted: are gate, triage and judge at work? Else give a longer --wait."
        )


def _run(ctx: typer.Context, canaries: Sequence[Canary], seconds: float) -> Roll:
    """Publish, listen, and take back what was published, whatever happens in between."""
    names = settings_of(ctx).topics.names
    roll = Roll(canaries, now_ms())
    connection = connection_of(ctx)
    # A pod that must go ends as Ctrl-C does, so that it takes its canaries back.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    with scan_of(ctx) as scan:
        ends = scan.ends([place for topic in _HEARD for place in scan.partitions(names.of(topic))])
        try:
            publish_all(connection, [_outgoing(one.published(roll.version), names) for one in canaries])
            _listen(scan.follow(ends), roll, seconds)
        finally:
            taken_back = [one.deleted(roll.version, now_ms()) for one in canaries]
            publish_all(connection, [_outgoing(event, names) for event in taken_back])
            signal.signal(signal.SIGTERM, before)
    return roll


def _listen(records: Iterator[Record | None], roll: Roll, seconds: float) -> None:
    end = time.monotonic() + seconds
    for record in records:
        event = _read(record)
        if event is not None:
            roll.hear(event)
        if roll.is_complete or time.monotonic() > end:
            return


def _read(record: Record | None) -> Verdict | ReviewTask | None:
    try:
        event = None if record is None else _event(record.value or b"")
    except DecodeError:  # a tombstone, or of a later version
        return None
    return None if isinstance(event, ReviewClosed) else event


def _outgoing(event: ContentEvent, names: TopicNames) -> Outgoing:
    """The event as a record: not by `stream.client.Publisher`, which refuses these ids to apps."""
    value = encode(event)
    read_content(value)
    headers = headers_of(event, SOURCE, f"{event.id}.{event.version}.{type(event).__name__.lower()}")
    return Outgoing(names.of(Topic.CONTENT), event.id.encode(), value, headers)


def _report(roll: Roll, *, json: bool) -> None:
    if json:
        for one in roll.canaries.values():
            tell(
                {
                    "id": one.id,
                    "family": one.attempt.family,
                    "language": one.case.language,
                    "policy": one.policy,
                    "clause": one.case.clause,
                    "result": roll.result(one),
                }
            )
        return
    console().print(_table(roll))
    for one in roll.canaries.values():
        if roll.result(one) == Fate.MISSED.value:
            say(("missed: ", "bold red"), one.id)


def _table(roll: Roll) -> Table:
    columns = [*_COLUMNS, *([(NO_ANSWER, NO_ANSWER)] if roll.count(NO_ANSWER) else [])]
    table = Table(box=None)
    table.add_column("family")
    for _, title in columns:
        table.add_column(title, justify="right")
    for family, counts in roll.by_family().items():
        table.add_row(family, *(f"{counts[result]:,}" for result, _ in columns))
    table.add_section()
    table.add_row("all", *(f"{roll.count(result):,}" for result, _ in columns))
    return table
