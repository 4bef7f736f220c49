"""Golden cases put to an engine, while somebody waits."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.adapters.answers import AnswerStore, RememberingEngine
from stream.cli.output import note
from stream.config import Settings
from stream.core.errors import Misconfigured
from stream.ops.policies.examination import Examination, Golden
from stream.ops.policies.report import Report


def check_packages() -> None:
    """Look before anything is asked whether intervals can be computed here.

    Raises:
        Misconfigured: they cannot.
    """
    if find_spec("scipy") is None:
        raise Misconfigured(
            "Intervals need scipy, which is not installed here: pip install 'sluice[evaluation]'"
        )


async def examined(
    settings: Settings, store: AnswerStore | None, examination: Examination, cases: Golden
) -> tuple[str, list[Report]]:
    """Ask the engine of the settings, with a progress bar; returns the model's name too."""
    from stream.wiring.workers import engine_of

    heard: list[bool] = []
    asked = RememberingEngine(engine_of(settings), store, lambda one: heard.append(one.remembered))
    await asked.start()
    try:
        with _progress(asked.model, examination.cases(cases)) as answered:
            reports = await examination.run(asked, cases, answered)
    finally:
        await asked.stop()
    if any(heard):
        note(
            f"{sum(heard):,} of {len(heard):,} answers were remembered, from an earlier run or an "
            "equal question; --fresh forgets earlier runs"
        )
    return asked.model, reports


@contextmanager
def _progress(model: str, total: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
        task = progress.add_task(model, total=total)
        yield lambda: progress.advance(task)
