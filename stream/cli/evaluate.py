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
from msgspec.structs import replace
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.answers import AnswerStore, RememberingEngine
from stream.adapters.policies import PolicyFolder, find_folder
from stream.adapters.text_files import read_text
from stream.cli.context import settings_of
from stream.cli.output import note, say
from stream.config import EngineKind, Settings
from stream.core.errors import Misconfigured
from stream.core.policy.policy_set import PolicySet
from stream.core.toml_text import nearest
from stream.ops.evaluation.judging import Judging
from stream.ops.evaluation.labelled.classifier import FOLDS, trained
from stream.ops.evaluation.labelled.labelling import Labelling, labelling_by_name, parse_labelling
from stream.ops.evaluation.labelled.measuring import SAMPLING, Silent, measure
from stream.ops.evaluation.labelled.page import page_of
from stream.ops.evaluation.labelled.result import Prices, Result, Setup, result_of
from stream.ops.evaluation.labelled.rows import RowInvalid, read_rows
from stream.ops.evaluation.labelled.survey import Survey, check_labels, survey
from stream.ops.evaluation.labelled.tally import Tally
from stream.ops.report import page_html

EXAMPLES = """Examples:

`sluice eval --data xstest_v2.jsonl.gz --set eval/xstest_v2 --engine openai --report xstest.html`

`sluice eval --data mine.jsonl --set mine --report mine.html --price-in 0.075 --price-out 0.3`"""

PACKS = "eval"
"""The folder of evaluation packs, beside the policies."""
LABELS = "labels.toml"
_SET = "default"
_NEEDED = ("jinja2", "matplotlib", "scipy", "sklearn")

EXEMPLAR = (
    "No model was measured. The exemplar engine compares texts with examples: these figures say nothing "
    "about how well a model applies the policies."
)
RANDOM = "The model's weights are random: these figures say nothing about how well it applies the policies."


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
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first rows.", show_default="all")] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where answers are kept.", show_default="sluice's cache folder"),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask everything anew, and keep nothing.")] = False,
    price_in: Annotated[float | None, typer.Option(min=0, help="Money for a million prompt tokens.")] = None,
    price_out: Annotated[float | None, typer.Option(min=0, help="Money for a million output tokens.")] = None,
) -> None:
    """Judge labelled texts as the fleet would, publish nothing, and report how right it was.

    A run that was stopped goes on where it stopped: what was answered is not asked, or paid for, again.
    """
    _check_packages()
    settings, pack = _chosen(settings_of(ctx), policy_set, engine)
    folder = PolicyFolder(settings.policies.dir)
    loaded = folder.policy_set(settings.policies.set)
    for file in (report, json):
        _check_writable(file)
    found = survey(data, limit)
    labelling = _labelling(settings.policies.dir / LABELS, data, loaded, found)
    check_labels(data, labelling, found)
    tally = Tally(labelling, loaded)
    store = _store(settings, answers, fresh=fresh)
    try:
        with _progress() as started:
            advanced = started("judging", found.rows)
            model = asyncio.run(_measured(settings, loaded, tally, store, (data, limit), advanced))
            classifier = trained(found.sample, labelling, started("classifier", FOLDS))
    except KeyboardInterrupt:
        note(_stopped(tally.rows, found.rows, store))
        raise
    no_evidence = _no_evidence(settings)
    setup = Setup(data.name, tally.rows, pack, loaded.digest, settings.judge.engine, model, no_evidence)
    prices = None if price_in is None and price_out is None else Prices(price_in or 0.0, price_out or 0.0)
    result = result_of(setup, tally, classifier, prices)
    wrong = [one for kept in tally.mistakes.values() for one in kept.items()]
    html = page_html(page_of(result, labelling, wrong))
    report.write_text(html, encoding="utf-8")
    if json is not None:
        json.write_bytes(orjson.dumps(to_builtins(result), option=orjson.OPT_INDENT_2))
    _tell(result, report)


def _chosen(settings: Settings, policy_set: str | None, engine: EngineKind | None) -> tuple[Settings, str]:
    """The settings with set and engine asked for, and the set's name as people wrote it."""
    root, name = find_folder(settings.policies.dir), policy_set or settings.policies.set
    policies = replace(settings.policies, dir=root, set=name)
    if name.startswith(f"{PACKS}/"):
        packs = sorted(path.parent.name for path in (root / PACKS).glob(f"*/{LABELS}"))
        pack = name.removeprefix(f"{PACKS}/")
        if pack not in packs:
            raise Misconfigured(f"{root / PACKS} has no pack `{pack}`. {nearest(pack, packs)}")
        policies = replace(policies, dir=root / PACKS / pack, set=_SET)
    judge = replace(settings.judge, exemplar=replace(settings.judge.exemplar, serve=True))
    judge = replace(judge, engine=engine) if engine is not None else judge
    return replace(settings, policies=policies, judge=judge), name


def _labelling(path: Path, data: Path, policy_set: PolicySet, found: Survey) -> Labelling:
    if path.exists():
        return parse_labelling(read_text(path), str(path), policy_set)
    labelling = labelling_by_name(policy_set, found.labels)
    if labelling is None:
        what = f"no label is named like a policy of set `{policy_set.name}`"
        there = ", ".join(found.labels) or "none"
        raise RowInvalid(
            data, 1, what, f"The file's labels are {there}: say in {path} which policy answers which"
        )
    return labelling


async def _measured(
    settings: Settings,
    policy_set: PolicySet,
    tally: Tally,
    store: AnswerStore | None,
    data: tuple[Path, int | None],
    advanced: Callable[[], None],
) -> str:
    """Measure; returns the model's name."""
    from stream.wiring.workers import engine_of

    asked = RememberingEngine(engine_of(settings), store, tally.hear)
    try:
        await asked.start()
        judging = Judging(policy_set, asked, Silent(), SAMPLING)
        await measure(read_rows(*data), judging, tally, settings.judge.window, advanced)
        return asked.model
    finally:
        await asked.stop()
        if store is not None:
            store.close()


def _store(settings: Settings, answers: Path | None, *, fresh: bool) -> AnswerStore | None:
    """The exemplar answers at once, and its examples are not part of what an answer is known by."""
    if fresh or settings.judge.engine is EngineKind.EXEMPLAR:
        return None
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return AnswerStore(answers or cache / "sluice" / "answers.sqlite")


def _no_evidence(settings: Settings) -> str:
    if settings.judge.engine is EngineKind.EXEMPLAR:
        return EXEMPLAR
    dummy = settings.judge.engine is EngineKind.VLLM and settings.judge.vllm.load_format == "dummy"
    return RANDOM if dummy else ""


def _check_packages() -> None:
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise Misconfigured(f"`sluice eval` needs {', '.join(missing)}: pip install 'sluice[evaluation]'")


def _check_writable(file: Path | None) -> None:
    """Before anything is paid for."""
    if file is not None and (file.is_dir() or not os.access(file.parent, os.W_OK)):
        raise Misconfigured(f"{file} cannot be written. Name a file in a folder that is there and yours.")


def _stopped(done: int, rows: int, store: AnswerStore | None) -> str:
    told = f"stopped after {done:,} of {rows:,} rows; nothing was written."
    if store is None:
        return f"{told} No answer was kept: the next run begins anew."
    return f"{told} The same command goes on from here: what was answered is not asked again."


@contextmanager
def _progress() -> Iterator[Callable[[str, int], Callable[[], None]]]:
    """Bars on standard error while people look on; a bar's function moves it by one."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bars:

        def started(name: str, total: int) -> Callable[[], None]:
            task = bars.add_task(name, total=total)
            return lambda: bars.advance(task)

        yield started


def _tell(result: Result, report: Path) -> None:
    overall, matrix = result.overall, result.matrix
    if result.setup.no_evidence:
        say((result.setup.no_evidence, "yellow"))
    rows = {
        "recall": overall.flagged.recall,
        "false flags": overall.flagged.false_flags,
        "precision": overall.flagged.precision,
        "F1": overall.flagged.f1,
        "left to people": overall.to_people,
        "exact match": matrix.exact,
    }
    for name, one in rows.items():
        say((f"{name:<16}", "dim"), str(one))
    if result.classifier is not None:
        say(("classifier's F1 ", "dim"), str(result.classifier.overall.measures().f1))
    say("report ", (str(report), "bold"))
