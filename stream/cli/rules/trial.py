"""`sluice rules try`: what a rule would have taken of the posts in Kafka."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.rules import Re2Finders, RuleFolder
from stream.cli.context import now_ms, scan_of, settings_of
from stream.cli.output import Json, note, say, tell
from stream.cli.rules.counts import show, told
from stream.cli.rules.reading import named
from stream.cli.since import Recent
from stream.core.content import Edited, Published
from stream.core.errors import Unreadable
from stream.core.topics import Topic
from stream.core.wire import read_content
from stream.ops.amounts import count
from stream.ops.rule_trial import Trial
from stream.ports import Record

EXAMPLES = """Examples:

`sluice rules try rules/examples/wave.toml` (every rule of a file, wherever it lies)

`sluice rules try crypto-wave --since 6h --show-text` (one rule that lies in rules.dir)

`sluice rules try crypto-wave --json | jq .hits`"""

HOUR = 3_600_000
MOST_POSTS = 200_000


def tried(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FILE|RULE", help="A file, or a rule's name in rules.dir.")],
    since: Recent = None,
    limit: Annotated[int, typer.Option(min=1, help="Posts to look at, at most.")] = MOST_POSTS,
    show_text: Annotated[bool, typer.Option("--show-text", help="Show what people wrote.")] = False,
    json: Json = False,
) -> None:
    """Say what a rule would have taken of the posts in Kafka: how many, where, in which languages, whose.

    Nothing is published, and no rule comes into force. Rates are counted over all posts, as one triage alone
    would.
    """
    settings = settings_of(ctx)
    trial = Trial(named(RuleFolder(settings.rules.dir), what), Re2Finders())
    begin = since if since is not None else now_ms() - HOUR
    seconds = 0.0
    with scan_of(ctx) as scan:
        partitions = scan.partitions(settings.topics.names.of(Topic.CONTENT))
        with _progress(scan.amount(partitions, begin)) as records:
            for record in records(scan.read(partitions, begin)):
                seconds += _look(trial, record)
                if trial.posts >= limit:
                    note(f"stopped after {count(limit, 'post')}: a larger --limit looks at more")
                    break
    for found in trial.counts():
        if json:
            tell(told(found, trial.posts, show_text=show_text))
        else:
            show(found, trial.posts, begin, show_text=show_text)
    if trial.posts and not json:
        say((f"asking them cost {1e6 * seconds / trial.posts:,.0f} us a post", "dim"))


def _look(trial: Trial, record: Record) -> float:
    """Show a record to the rules, if it is a post. Returns the seconds that they took."""
    try:
        event = read_content(record.value)
    except Unreadable:
        return 0.0
    begun = time.perf_counter()
    if isinstance(event, Published | Edited):
        trial.look(event, record.timestamp)
    return time.perf_counter() - begun


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """A bar on standard error while people look on."""
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    with bar:
        yield lambda records: bar.track(records, total=total)
