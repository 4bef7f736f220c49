"""A side's own clock: from the end of its warm-up to its last message, by the wall and by its CPU."""

import os
import re
import resource
import sys
import time
from pathlib import Path
from typing import NoReturn

from bench.errand import Errand, tell


class Stopwatch:
    """Told of messages once their consequences are committed; ends the process's part after the last one."""

    def __init__(self, errand: Errand) -> None:
        self._warm = errand.warm
        self._all = errand.warm + errand.count
        self._handled = 0
        self._begun: tuple[int, float, float] | None = None

    def committed(self, count: int) -> bool:
        """Note `count` more messages; True once all are done, and then the figures were told."""
        self._handled += count
        now, cpu = time.perf_counter(), time.process_time()
        if self._begun is None:
            if self._handled >= self._warm:
                self._begun = (self._handled, now, cpu)
        elif self._handled >= self._all:
            begun, since, cpu_since = self._begun
            tell(
                "result",
                messages=self._handled - begun,
                seconds=now - since,
                cpu_seconds=cpu - cpu_since,
                peak_mb=peak_mb(),
            )
            return True
        return False


def peak_mb() -> float:
    """The most memory that this process has had resident, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not `ru_maxrss`: on Linux a new process inherits it from the one that started it.
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def leave() -> NoReturn:
    """End at once: a rival's own shutdown is not what is measured."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
