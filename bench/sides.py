"""The processes that are measured, each started alone and told by one line what to do."""

import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from queue import Empty, Queue
from signal import SIGKILL
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self

import msgspec
import psutil

from bench.errand import Errand

ROOT = Path(__file__).parent.parent
TAIL = 30


class SideFailed(RuntimeError):
    """A side ended, or said nothing, where an answer was due; the text ends with its last words."""


class Side:
    """A running side: `python -m MODULE ERRAND`, which answers by lines of JSON on standard output.

    Attributes:
        begun: when its process was started, by `time.monotonic`.
    """

    def __init__(self, module: str, errand: Errand, environment: str = ".venv") -> None:
        """Start it.

        Args:
            module: for example `bench.rivals.bare`.
            errand: what it is to do.
            environment: the folder of the virtual environment whose Python runs it.
        """
        self._module = module
        command = [str(python_of(environment)), "-m", module, msgspec.json.encode(errand).decode()]
        self.begun = time.monotonic()
        # A session of its own, so that all that it starts can be ended with it.
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._said: Queue[dict[str, Any] | None] = Queue()
        self._last_words: deque[str] = deque(maxlen=TAIL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()
        Thread(target=self._keep, args=(self._process.stderr,), daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def resident(self) -> int:
        """Bytes of memory that it has now."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def cpu_seconds(self) -> float:
        """Processor time of it and of all that it started and that still runs."""
        process = psutil.Process(self.pid)
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
        return sum(each.user + each.system for each in times)

    def wait(self, event: str, seconds: float) -> dict[str, Any]:
        """The next line that tells of `event`; others are passed over.

        Raises:
            SideFailed: it ended before, or `seconds` went by.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                said = self._said.get(timeout=left)
            except Empty:
                break
            if said is None:
                raise SideFailed(f"{self._module} ended before its {event}:\n{self._words()}")
            if said.get("event") == event:
                return said
        raise SideFailed(f"{self._module} gave no {event} in {seconds:.0f} s:\n{self._words()}")

    def say(self, line: str) -> None:
        """Give it a line on its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        """Send a signal to all of it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, number)

    def end(self) -> None:
        """Kill it and all that it started."""
        self.signal(SIGKILL)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _listen(self, lines: IO[bytes]) -> None:
        for line in lines:
            try:
                self._said.put(msgspec.json.decode(line, type=dict[str, Any]))
            except msgspec.DecodeError:
                self._last_words.append(line.decode(errors="replace"))
        self._said.put(None)

    def _keep(self, lines: IO[bytes]) -> None:
        for line in lines:
            self._last_words.append(line.decode(errors="replace"))

    def _words(self) -> str:
        return "".join(self._last_words) or "(it said nothing)"


def python_of(environment: str) -> Path:
    """The Python of a virtual environment of this checkout.

    Raises:
        SideFailed: it is not there.
    """
    python = ROOT / environment / "bin" / "python"
    if not python.exists():
        mend = "make bench" if environment == ".venv" else f"make {environment}/.ready"
        raise SideFailed(f"{environment} is missing: run `{mend}` first")
    return python if environment != ".venv" else Path(sys.executable)
