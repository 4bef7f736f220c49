"""A runner in a process of its own: it logs one JSON object a line, and is signalled as accidents do it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_S = 60.0


class Child:
    """Runs `python -m MODULE`, which finds what it is told in the variable TOLD, as JSON."""

    def __init__(self, module: str, told: dict[str, Any], log: Path) -> None:
        self.name = str(told["name"])
        self._log = log
        self._out = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            env={**os.environ, "TOLD": json.dumps(told)},
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )

    def said(self, word: str) -> list[dict[str, Any]]:
        lines = (line for line in self._log.read_text().splitlines() if line.startswith('{"word"'))
        return [told for told in map(json.loads, lines) if told["word"] == word]

    def wait_for(self, word: str, times: int = 1) -> list[dict[str, Any]]:
        until(lambda: len(self.said(word)) >= times, lambda: f"{self._log.name} says {word!r}: {self.tail()}")
        return self.said(word)

    def level(self, name: str) -> int:
        """One of its levels, as it last told them; 0 before that."""
        levels = self.said("levels")
        return int(levels[-1][name]) if levels else 0

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def tell_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit status."""
        return self._process.wait(PATIENCE_S)

    def end(self) -> int:
        """SIGTERM, and its exit status."""
        self.go_on()
        self.tell_to_end()
        return self.wait()

    def status(self) -> int | None:
        return self._process.poll()

    def tail(self) -> str:
        return self._log.read_text()[-2_000:]

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()
        self._out.close()


def until(condition: Callable[[], bool], what: Callable[[], str] | str, seconds: float = PATIENCE_S) -> None:
    """Wait for a condition; say what was waited for if it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, (
            f"not within {seconds:g} s: {what if isinstance(what, str) else what()}"
        )
        time.sleep(0.05)
