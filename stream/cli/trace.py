"""`sluice trace`: the life of one post across the topics."""

from typing import Annotated

import typer
from rich.text import Text

from stream.adapters.http import LedgerClient
from stream.adapters.kafka.scan import Scan
from stream.cli.context import scan_of, settings_of
from stream.cli.output import Json, console, note, say, tell
from stream.cli.since import Since
from stream.cli.status import Status
from stream.core.errors import Unavailable
from stream.core.ledger import ContentView
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.ops.amounts import clock, count, span
from stream.ops.masking import masked
from stream.ops.trace import TOPICS, Moment, begin_of, is_restricted, last_verdict, trace
from stream.ops.wording import COLOURS, case_in_words, in_words, standing
from stream.ports import Partition

EXAMPLES = """Examples:

`sluice trace post-1`

`sluice trace post-1 --show-text --since 2h`

`sluice trace post-1 --json | jq .event.type`"""


def life(
    ctx: typer.Context,
    content_id: Annotated[str, typer.Argument(metavar="CONTENT_ID", help="The post's id.")],
    show_text: Annotated[bool, typer.Option("--show-text", help="Show what people wrote.")] = False,
    since: Since = None,
    json: Json = False,
) -> None:
    """Show the life of one post as a time line: from its publication through cases and outcomes to verdicts.

    Where a ledger is set (ledger.url), it says at once where the post is now and, if it knows the post from
    its publication, from when on to look. Then, or without one, the post's partition of each topic is read,
    from the beginning of what Kafka retains. Of restricted
    content only ids and states are shown, whatever is asked for. Ends with status 6 where there is nothing
    about this id.
    """
    names = settings_of(ctx).topics.names
    known = _asked(settings_of(ctx).ledger.url, content_id)
    if known is not None and not json:
        _tell_cases(known)
    if known is not None and since is None:
        since = begin_of(known)
        if since is not None:
            note(f"looking from {clock(since)} on, by what the ledger knows; --since looks further back")
    with scan_of(ctx) as scan:
        moments = trace(content_id, scan.read(_partitions(scan, content_id, names), since), names)
        whole = moments
        if show_text and since is not None:  # what made it restricted may lie before
            whole = trace(content_id, scan.read(_partitions(scan, content_id, names)), names)
    restricted = is_restricted(whole) or (known is not None and known.restricted)
    if json:
        for moment in moments:
            tell(_told(moment, show_text=show_text, restricted=restricted))
    elif moments:
        _show(content_id, moments, show_text=show_text, restricted=restricted)
    else:
        say(f"nothing about {content_id} in Kafka", f" since {clock(since)}" if since is not None else "")
    if not moments:
        raise typer.Exit(Status.NOT_FOUND)


def _asked(url: str, content_id: str) -> ContentView | None:
    """What the ledger knows; None without one. A ledger that is away costs a line, not the answer."""
    if not url:
        return None
    try:
        return LedgerClient(url).content(content_id)
    except Unavailable as error:
        note(f"{error}; reading Kafka alone")
        return None


def _tell_cases(known: ContentView) -> None:
    for case in known.cases:
        say((f"{known.id}  ", "dim"), case_in_words(case))


def _partitions(scan: Scan, content_id: str, names: TopicNames) -> list[Partition]:
    """The one partition of the id in each topic; all of `dead-letters`, where a misrouted record may lie."""
    dead_letters = names.of(Topic.DEAD_LETTERS)
    others = [names.of(topic) for topic in TOPICS if topic is not Topic.DEAD_LETTERS]
    return [scan.partition_of(topic, content_id) for topic in others] + scan.partitions(dead_letters)


def _show(content_id: str, moments: list[Moment], *, show_text: bool, restricted: bool) -> None:
    verdict = last_verdict(moments)
    now = "no verdict yet, so hidden" if verdict is None else in_words(verdict, restricted=restricted)
    colour = "yellow" if verdict is None else COLOURS[standing(verdict)]
    first, last = moments[0].at, moments[-1].at
    say((content_id, "bold"), "  ", (now, colour))
    if restricted:
        say(("restricted: few people may see it, so only ids and states are shown here", "bold red"))
    say((f"{count(len(moments), 'record')} over {span(last - first)}, from {clock(first)}", "dim"))
    for moment, before in zip(moments, [moments[0], *moments], strict=False):
        line = _line(moment, moment.at - before.at, show_text=show_text, restricted=restricted)
        console().print(line, soft_wrap=True)


def _line(moment: Moment, since: int, *, show_text: bool, restricted: bool) -> Text:
    """One record: when, how long after the one before, where, what."""
    words = "cannot be read"
    if moment.event is not None:
        words = in_words(moment.event, show_text=show_text, restricted=restricted)
    return Text.assemble(
        (f"{clock(moment.at)}.{moment.at % 1_000:03}", "dim"),
        f" {'+' + span(since) if since else '':>10}  ",
        (f"{moment.topic.value:<20} ", "cyan"),
        (words, _colour(moment)),
        (f"  {moment.partition}-{moment.offset}", "dim"),
    )


def _colour(moment: Moment) -> str:
    if isinstance(moment.event, Verdict):
        return COLOURS[standing(moment.event)]
    return "bold red" if moment.topic is Topic.DEAD_LETTERS or moment.event is None else ""


def _told(moment: Moment, *, show_text: bool, restricted: bool) -> dict[str, object]:
    event = moment.event
    return {
        "at": moment.at,
        "topic": moment.topic.value,
        "partition": moment.partition,
        "offset": moment.offset,
        "event": None if event is None else masked(event, show_text=show_text, restricted=restricted),
    }
