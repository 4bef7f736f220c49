"""`sluice eval`: how well an engine applies a set's policies, on texts that people have labelled."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import orjson
import typer
from msgspec import to_builtins
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.cli.answers import Answers, Fresh, kept_answers
from stream.cli.context import settings_of
from stream.cli.evaluate_shown import show
from stream.cli.output import note
from stream.config import EngineKind
from stream.core.errors import BadInput, Misconfigured, SluiceError
from stream.ops.evaluation.labelled.classifier import Trained
from stream.ops.evaluation.labelled.result import Prices, Result, result_of
from stream.ops.evaluation.labelled.shown import page_of
from stream.ops.report import page_html
from stream.wiring.evaluation import Evaluation, Started, chosen

EXAMPLES = """Examples:

`sluice eval --data xstest_v2.jsonl.gz --set eval/xstest_v2 --engine openai --report xstest.html`

`sluice eval --data mine.jsonl --set mine --report mine.html --price-in 0.075 --price-out 0.3`"""

_NEEDED = ("jinja2", "matplotlib", "scipy", "sklearn")


def evaluate(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    data: Annotated[Path, typer.Option(metavar="FILE", help="Labelled rows: JSON lines, plain or gzip.")],
    report: Annotated[Path, typer.Option(metavar="FILE", help="Where the page goes, as HTML.")],
    policy_set: Annotated[
        str | None,
        typer.Option(
            "--set",
            metavar="SET",
            help="A set of policies.dir, or `eval/NAME` for a pack.",
            show_default="policies.set",
        ),
    ] = None,
    engine: Annotated[
        EngineKind | None, typer.Option(help="What is asked.", show_default="judge.engine")
    ] = None,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Where the figures go, as JSON.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, help="So many rows, drawn at random; the same ones each time.", show_default="all"
        ),
    ] = None,
    answers: Answers = None,
    fresh: Fresh = False,
    price_in: Annotated[float, typer.Option(min=0, help="Money for a million prompt tokens.")] = 0.0,
    price_out: Annotated[float, typer.Option(min=0, help="Money for a million output tokens.")] = 0.0,
) -> None:
    """Judge labelled texts as the fleet would, publish nothing, and report how right it was.

    A run that was stopped goes on where it stopped: what was answered is not asked, or paid for, again.
    """
    _check_files(data, report, json)
    settings = settings_of(ctx)
    name = policy_set or settings.policies.set
    evaluation = Evaluation(chosen(settings, name, engine), data, limit)
    model, classifier = _measured(evaluation, answers, fresh=fresh)
    setup = evaluation.setup(name, model)
    prices = Prices(price_in, price_out) if price_in or price_out else None
    result = result_of(setup, evaluation.tally, classifier, prices)
    _write(result, evaluation, report, json)
    show(result, report)


def _check_files(data: Path, *written: Path | None) -> None:
    """Before anything is read or paid for."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise Misconfigured(f"`sluice eval` needs {', '.join(missing)}: pip install 'sluice[evaluation]'")
    for file in written:
        if file is None:
            continue
        if file.is_dir() or not os.access(file.parent, os.W_OK):
            raise BadInput(f"{file} cannot be written. Name a file in a folder that is there and yours.")
        if file.exists() and data.exists() and file.samefile(data):
            raise BadInput(f"{file} holds the data. Name another file.")


def _measured(evaluation: Evaluation, answers: Path | None, *, fresh: bool) -> tuple[str, Trained | None]:
    """The model's name, and the classifier that was trained on the same rows; the tally has the figures."""
    kept = kept_answers(evaluation.settings.judge.engine, answers, fresh=fresh)
    with kept as store, _told_how_far(evaluation), _progress() as started:
        return asyncio.run(evaluation.measured(store, started)), evaluation.trained(started)


@contextmanager
def _told_how_far(evaluation: Evaluation) -> Iterator[None]:
    try:
        yield
    except (KeyboardInterrupt, SluiceError):
        note(f"stopped after {evaluation.tally.rows:,} of {evaluation.found.rows:,} rows; no report yet")
        raise


@contextmanager
def _progress() -> Iterator[Started]:
    """Bars on standard error while people look on."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bars:

        def started(name: str, total: int) -> Callable[[], None]:
            task = bars.add_task(name, total=total)
            return lambda: bars.advance(task)

        yield started


def _write(result: Result, evaluation: Evaluation, report: Path, json: Path | None) -> None:
    wrong = [one for kept in evaluation.tally.mistakes.values() for one in kept.items()]
    report.write_text(page_html(page_of(result, evaluation.labelling, wrong)), encoding="utf-8")
    if json is not None:
        json.write_bytes(orjson.dumps(to_builtins(result), option=orjson.OPT_INDENT_2))
