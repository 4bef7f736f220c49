"""The processes under test: real ones, killed, stopped and started as accidents do it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path


class Member:
    """One process of the fleet, started anew after each end. `command` is what Python is given."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self.starts = 0
        self._command = command
        self.environment = {**os.environ, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._resumes_at: float | None = None
        self._told_to_end = False

    def start(self) -> None:
        """Start the process; its output is appended to its log."""
        self.starts += 1
        self._told_to_end = False
        self._resumes_at = None
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The running process."""
        assert self._process is not None
        return self._process

    @property
    def is_running(self) -> bool:
        """Whether it lives, and was not told to stop."""
        return self._resumes_at is None and self.process.poll() is None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()
        self.start()

    def stop_for(self, seconds: float) -> None:
        """SIGSTOP; `tend` lets it go on after so many seconds."""
        self.process.send_signal(signal.SIGSTOP)
        self._resumes_at = time.monotonic() + seconds

    def terminate(self) -> None:
        """SIGTERM; `tend` starts it again once it has ended."""
        self._told_to_end = True
        self.go_on()
        self.process.send_signal(signal.SIGTERM)

    def tend(self) -> str | None:
        """Let it go on, or start it again; returns what was not expected, if anything."""
        if self._resumes_at is not None and time.monotonic() >= self._resumes_at:
            self.process.send_signal(signal.SIGCONT)
            self._resumes_at = None
        status = self.process.poll()
        if status is None:
            return None
        # A process that is told to end before it has begun has no handler yet.
        expected = self._told_to_end and status in (0, -signal.SIGTERM)
        surprise = None if expected else f"{self.name} ended with {status}: {self.tail()}"
        self.start()
        return surprise

    def go_on(self) -> None:
        """End a stop at once."""
        if self._resumes_at is not None:
            self.process.send_signal(signal.SIGCONT)
            self._resumes_at = None

    def end(self, seconds: float = 20.0) -> int:
        """SIGTERM and wait; returns the exit status, -9 where it had to be killed."""
        self.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def tail(self, lines: int = 5) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
