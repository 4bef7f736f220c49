"""How far a backtest is, while somebody waits; and Ctrl-C, which lets what is in hand end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from stream.cli.interrupt import until_interrupted


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
def watched() -> Iterator[Watching]:
    """A bar on standard error while people look on, and the ear for Ctrl-C."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = not sys.stderr.isatty()
    with (
        until_interrupted() as stopped,
        Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar,
    ):
        yield Watching(bar, stopped)
