"""The answers that a calibration rests on: of a file, or of `audit`."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from stream.adapters.kafka.scan import Scan
from stream.adapters.text_files import read_text
from stream.cli.context import scan_of, settings_of
from stream.core.policy.policy_set import PolicySet
from stream.core.topics import Topic
from stream.ops.calibration.collection import Collected, collected, labels
from stream.ops.calibration.lines import rows_of
from stream.ports import Record


def of_file(file: Path, policy_set: PolicySet) -> Collected:
    """Labelled answers, one JSON object a line.

    Raises:
        PolicyInvalid: it cannot be read, or a line does not fit.
    """
    lines = read_text(file).splitlines()
    return Collected(list(rows_of(lines, str(file), policy_set)), Counter(), Counter())


def of_audit(
    ctx: typer.Context, policy_set: PolicySet, names: Sequence[str], begin: int, end: int
) -> Collected:
    """Both passes over `audit`: people's decisions from the window on until now, then the answers.

    Args:
        ctx: of the command.
        policy_set: the set to be changed.
        names: its policies that are measured.
        begin: of the window of the answers, in ms since 1970.
        end: its end, not in it.

    Raises:
        Unavailable, Misconfigured: the broker or the topic is not there.
    """
    topic = settings_of(ctx).topics.names.of(Topic.AUDIT)
    with scan_of(ctx) as scan:
        said = labels(_passed(scan, topic, begin, "what people decided"))
        answers = _passed(scan, topic, begin, "what the judge answered")
        return collected(answers, said, policy_set, names, end)


def _passed(scan: Scan, topic: str, since: int, what: str) -> Iterator[Record]:
    """The records of a topic since then, with a bar on standard error."""
    partitions = scan.partitions(topic)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        task = progress.add_task(what, total=scan.amount(partitions, since))
        for record in scan.read(partitions, since):
            yield record
            progress.advance(task)
