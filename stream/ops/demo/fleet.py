"""The demo's child processes: started as an operator starts them, watched, and ended with the demo."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from stream.core.errors import Exit

_GRACE_SECONDS = 15.0
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TAIL_LINES = 12


class ChildFailed(Exit):
    """A child process ended on its own; the text ends with the last lines of its log."""


class Fleet:
    """Gate, triage, judge and ledger as the separate processes they are.

    Args:
        environment: variables that configure every child, beside this process's own.
        logs: folder for one log file a child.
    """

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = {**os.environ, **environment}
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._needed: list[str] = []

    def start(self, name: str, *, needed: bool = True) -> None:
        """Start `sluice run NAME`; its output goes to a log file of that name.

        Args:
            name: of the process.
            needed: whether `check` raises once it has ended.
        """
        if needed:
            self._needed.append(name)
        # A session of its own: Ctrl-C reaches the demo alone, which then ends the children in order.
        with self._log(name).open("wb") as log, _in_one_piece():
            self._children[name] = subprocess.Popen(
                [sys.executable, "-m", "stream.cli", "run", name],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise where a child that is needed has ended.

        Raises:
            ChildFailed: one has; nothing of the demo can be trusted after that.
        """
        for name in self._needed:
            if words := self.ending(name):
                raise ChildFailed(words)

    def runs(self, name: str) -> bool:
        """Whether a child was started, and has not ended."""
        return name in self._children and self._children[name].poll() is None

    def ending(self, name: str) -> str:
        """How a child ended, and where its log is kept; empty for one that runs or was never started."""
        if name not in self._children or self.runs(name):
            return ""
        return (
            f"The {name} ended with status {self._children[name].returncode}. The end of its log:\n"
            f"{self._tail(name)}\nAll of it: {self._kept(name)}"
        )

    def stop(self) -> None:
        """End every child: politely, then after a grace of 15 s, or at a second Ctrl-C, by force."""
        children = list(self._children.values())
        try:
            for child in children:
                child.terminate()
            deadline = time.monotonic() + _GRACE_SECONDS
            for child in children:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(max(0.1, deadline - time.monotonic()))
        finally:
            with _in_one_piece():
                for child in children:
                    child.kill()
                for child in children:
                    child.wait()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _kept(self, name: str) -> Path:
        """A copy of a log that outlives the demo's own folder."""
        number, kept = tempfile.mkstemp(prefix=f"sluice-demo-{name}-", suffix=".log")
        os.close(number)
        return Path(shutil.copy(self._log(name), kept))

    def _tail(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextmanager
def _in_one_piece() -> Iterator[None]:
    """A signal that would end the demo in here does so afterwards: no child is started and then not known."""
    heard: list[int] = []
    handlers = {number: signal.getsignal(number) for number in _ENDING}
    try:
        for number, handler in handlers.items():
            # What is ignored stays so, for the child too; any other handler is none of the child's.
            if callable(handler):
                signal.signal(number, lambda number, _frame: heard.append(number))
        yield
    finally:
        for number, handler in handlers.items():
            if callable(handler):
                signal.signal(number, handler)
        if heard:
            signal.raise_signal(heard[0])
