"""`sluice policy backtest`: what another set would have made of the posts in Kafka. Writes nothing there."""

from importlib.util import find_spec
from pathlib import Path

import typer
from msgspec.structs import replace

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.answers import Fresh
from stream.cli.backtest_options import (
    Answers,
    Begin,
    Candidate,
    CandidateFolder,
    End,
    Engine,
    Examples,
    PriceCached,
    PriceIn,
    PriceOut,
    Report,
    Sample,
    Shadowed,
    ShowText,
    Surface,
    Today,
)
from stream.cli.backtest_shown import show
from stream.cli.backtest_watched import watched
from stream.cli.context import now_ms, scan_of, settings_of
from stream.cli.control import told
from stream.cli.moment import check_order
from stream.cli.output import Json, note, tell
from stream.cli.status import Status
from stream.config import EngineKind, Settings
from stream.core.control.promotion import promoted_set
from stream.core.errors import BadInput, Misconfigured
from stream.core.policy.policy_set import PolicySet
from stream.ops.backtest.backtest import Sets
from stream.ops.backtest.comparison import EXAMPLES as MOST_EXAMPLES
from stream.ops.backtest.comparison import Comparison
from stream.ops.backtest.figures import Prices
from stream.ops.backtest.report import Conditions, figures, page
from stream.ops.backtest.window import Window
from stream.ops.report import page_html

EXAMPLES = """Examples:

`sluice policy backtest --from 2026-11-03T08:00Z --to 2026-11-03T12:00Z --candidate strict`

`sluice policy backtest --from 2026-11-01 --candidate strict --candidate-dir draft --sample 2000
--report backtest.html`

`sluice policy backtest --from 2026-11-01 --candidate strict --shadowed` (what the shadow answered)"""


def backtest(  # noqa: PLR0913, PLR0917 - a command's options
    ctx: typer.Context,
    begin: Begin,
    candidate: Candidate,
    end: End = None,
    candidate_dir: CandidateFolder = None,
    today: Today = None,
    sample: Sample = None,
    surface: Surface = None,
    engine: Engine = None,
    shadowed: Shadowed = False,
    report: Report = None,
    examples: Examples = MOST_EXAMPLES,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    price_cached: PriceCached = None,
    answers: Answers = None,
    fresh: Fresh = False,
    show_text: ShowText = False,
    json: Json = False,
) -> None:
    """Say what a candidate set would have made of posts that were published, beside the set in force.

    Nothing is written to Kafka, and no right to write is needed. Today's answers are read from `audit` where
    the same text was judged under the same set by the same model; the rest is asked, and kept without any
    word: after Ctrl-C or a crash the same line goes on.
    """
    from stream.wiring.backtest import Asked, run_backtest

    asked = Asked(
        window=_window(begin, end, surface),
        sample=sample,
        shadowed=shadowed,
        fresh=fresh,
        answers=answers,
        examples=examples,
        prices=_prices(price_in, price_out, price_cached),
    )
    _check_before_anything_is_paid(report)
    settings = _chosen(settings_of(ctx), engine)
    wanted = _folder(settings, candidate_dir).policy_set(candidate)
    sets = Sets(_today(ctx, settings, today), wanted)
    with scan_of(ctx) as scan, watched() as watch:
        comparison, conditions = run_backtest(settings, scan, sets, asked, watch)
    if json:
        tell(figures(comparison, conditions))
    else:
        show(comparison, conditions, show_text=show_text)
    _write(report, comparison, conditions)
    if not conditions.complete:
        note("stopped: run the same line again to go on")
        raise typer.Exit(Status.INTERRUPTED)


def _window(begin: int, end: int | None, surface: str | None) -> Window:
    end = end if end is not None else now_ms()
    check_order(begin, end)
    return Window(begin=begin, end=end, surface=surface)


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
        raise BadInput(f"no policies at {own}: it has no folder `sets`. Name one that has")
    return PolicyFolder(own or find_folder(settings.policies.dir))


def _today(ctx: typer.Context, settings: Settings, name: str | None) -> PolicySet:
    """The set named, else the promoted one, else the folder's: as every process finds it."""
    promoted = told(ctx).promoted if name is None else None
    if promoted is not None:
        return promoted_set(promoted)
    return _folder(settings).policy_set(name or settings.policies.set)


def _write(report: Path | None, comparison: Comparison, conditions: Conditions) -> None:
    if report is not None:
        report.write_text(page_html(page(comparison, conditions)), encoding="utf-8")
        note(f"the page is {report}")
