"""`sluice policy backtest`: what another set would have made of the posts in Kafka. Writes nothing there."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.backtest_shown import show
from stream.cli.context import now_ms, scan_of, settings_of
from stream.cli.control import told
from stream.cli.interrupt import until_interrupted
from stream.cli.moment import check_order, moment
from stream.cli.output import Json, note, tell
from stream.cli.status import Status
from stream.config import EngineKind, Settings
from stream.core.control.promotion import promoted_set
from stream.core.errors import Misconfigured
from stream.core.policy.policy_set import PolicySet
from stream.ops.backtest.backtest import Sets
from stream.ops.backtest.comparison import EXAMPLES as MOST_EXAMPLES
from stream.ops.backtest.figures import Prices
from stream.ops.backtest.report import figures, page
from stream.ops.backtest.window import Window
from stream.ops.report import page_html

EXAMPLES = """Examples:

`sluice policy backtest --from 2026-11-03T08:00Z --to 2026-11-03T12:00Z --candidate strict`

`sluice policy backtest --from 2026-11-01 --candidate strict --candidate-dir draft --sample 2000
--report backtest.html`

`sluice policy backtest --from 2026-11-01 --candidate strict --shadowed` (what the shadow answered)"""


def backtest(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    begin: Annotated[int, typer.Option("--from", parser=moment, metavar="TIME", help="From when on.")],
    candidate: Annotated[str, typer.Option("--candidate", metavar="SET", help="The set to try.")],
    end: Annotated[
        int | None,
        typer.Option("--to", parser=moment, metavar="TIME", help="Until before when.", show_default="now"),
    ] = None,
    candidate_dir: Annotated[
        Path | None,
        typer.Option("--candidate-dir", metavar="DIR", help="Its folder.", show_default="policies.dir"),
    ] = None,
    today: Annotated[
        str | None,
        typer.Option(
            "--today", metavar="SET", help="Compare with this one.", show_default="the set in force"
        ),
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="So many posts, drawn at random.")] = None,
    surface: Annotated[str | None, typer.Option(help="Only posts on this surface.")] = None,
    engine: Annotated[
        EngineKind | None, typer.Option(help="What is asked.", show_default="judge.engine")
    ] = None,
    shadowed: Annotated[
        bool, typer.Option("--shadowed", help="Ask nothing: compare what the shadow answered with the judge.")
    ] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page here.")] = None,
    examples: Annotated[int, typer.Option(min=0, help="Posts shown of each move, at most.")] = MOST_EXAMPLES,
    price_in: Annotated[
        float | None, typer.Option("--price-in", min=0, help="Of a million tokens of prompts.")
    ] = None,
    price_out: Annotated[
        float | None, typer.Option("--price-out", min=0, help="Of a million tokens of answers.")
    ] = None,
    price_cached: Annotated[
        float | None,
        typer.Option("--price-cached", min=0, help="Of a million from the cache.", show_default="--price-in"),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Keeps judgements.", show_default="sluice/judgements.sqlite in the cache"
        ),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask everything anew, and keep nothing.")] = False,
    show_text: Annotated[bool, typer.Option("--show-text", help="Show what people wrote.")] = False,
    json: Json = False,
) -> None:
    """Say what a candidate set would have made of posts that were published, beside the set in force.

    Nothing is written to Kafka, and no right to write is needed. Today's answers are read from `audit` where
    the same text was judged under the same set by the same model; the rest is asked, and kept without any
    word: after Ctrl-C or a crash the same line goes on.
    """
    from stream.wiring.backtest import Asked, run_backtest

    end = end if end is not None else now_ms()
    check_order(begin, end)
    _check_before_anything_is_paid(report)
    settings = _chosen(settings_of(ctx), engine)
    asked = Asked(
        window=Window(begin=begin, end=end, surface=surface),
        sample=sample,
        shadowed=shadowed,
        fresh=fresh,
        answers=answers,
        examples=examples,
        prices=_prices(price_in, price_out, price_cached),
    )
    sets = Sets(_today(ctx, settings, today), _folder(settings, candidate_dir).policy_set(candidate))
    with scan_of(ctx) as scan, _watched() as watch:
        comparison, conditions = run_backtest(settings, scan, sets, asked, watch)
    if json:
        tell(figures(comparison, conditions))
    else:
        show(comparison, conditions, show_text=show_text)
    if report is not None:
        report.write_text(page_html(page(comparison, conditions)), encoding="utf-8")
        note(f"the page is {report}")
    if not conditions.complete:
        note("stopped: run the same line again to go on")
        raise typer.Exit(Status.INTERRUPTED)


def _check_before_anything_is_paid(report: Path | None) -> None:
    """See that what comes of it can be told: a run may take hours.

    Raises:
        Misconfigured: a package is missing.
    """
    missing = [name for name in ("scipy", "matplotlib", "jinja2") if find_spec(name) is None]
    if missing:
        raise Misconfigured(
            f"a backtest needs {', '.join(missing)}, not installed here: pip install 'sluice[evaluation]'"
        )
    if report is not None and not report.absolute().parent.is_dir():
        raise typer.BadParameter(f"--report: there is no folder {report.parent}")


def _chosen(settings: Settings, engine: EngineKind | None) -> Settings:
    """The settings with the engine asked for; the exemplar may serve here, for it decides nothing."""
    judge = replace(settings.judge, exemplar=replace(settings.judge.exemplar, serve=True))
    return replace(settings, judge=replace(judge, engine=engine) if engine is not None else judge)


def _prices(prompt: float | None, output: float | None, cached: float | None) -> Prices | None:
    if prompt is None and output is None and cached is None:
        return None
    if prompt is None or output is None:
        raise typer.BadParameter("a cost needs both --price-in and --price-out")
    return Prices(prompt, output, cached if cached is not None else prompt)


def _folder(settings: Settings, own: Path | None = None) -> PolicyFolder:
    if own is not None and not (own / "sets").is_dir():
        raise Misconfigured(f"no policies at {own}: it has no folder `sets`")
    return PolicyFolder(own or find_folder(settings.policies.dir))


def _today(ctx: typer.Context, settings: Settings, name: str | None) -> PolicySet:
    """The set named, else the promoted one, else the folder's: as every process finds it."""
    promoted = told(ctx).promoted if name is None else None
    if promoted is not None:
        return promoted_set(promoted)
    return _folder(settings).policy_set(name or settings.policies.set)


class Watching:
    """Shows how far it is, and hears Ctrl-C."""

    def __init__(self, progress: Progress, stopped: Callable[[], bool]) -> None:
        self._progress = progress
        self._task = progress.add_task("")
        self.stopped = stopped

    def begins(self, what: str, total: int | None = None) -> None:
        """See `stream.wiring.backtest.Watch`."""
        self._progress.update(self._task, description=what, total=total)

    def passed(self) -> None:
        """See `stream.wiring.backtest.Watch`."""
        self._progress.advance(self._task)


@contextmanager
def _watched() -> Iterator[Watching]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = not sys.stderr.isatty()
    with (
        until_interrupted() as stopped,
        Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar,
    ):
        yield Watching(bar, stopped)
