"""Kills and stops processes at random, and starts them again, while something else is measured."""

from collections.abc import Callable
from random import Random
from signal import SIGCONT, SIGSTOP
from threading import Event, Thread
from types import TracebackType
from typing import Self

from bench.sides import Side

PAUSE_SECONDS = 1.5
STOP_SECONDS = 1.0


class Faults:
    """Every 1.5 s one of the victims is killed and replaced, or stopped for a second; a seed says which."""

    def __init__(self, start: Callable[[], Side], victims: int, seed: int) -> None:
        self._start = start
        self._random = Random(seed)
        self._over = Event()
        self._victims = [start() for _ in range(victims)]
        self._thread = Thread(target=self._work, daemon=True)
        self.kills = 0
        self.stops = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        for victim in self._victims:
            victim.end()

    def _work(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            which = self._random.randrange(len(self._victims))
            if self._random.random() < 0.5:
                self.kills += 1
                self._victims[which].end()
                self._victims[which] = self._start()
            else:
                self.stops += 1
                self._victims[which].signal(SIGSTOP)
                self._over.wait(STOP_SECONDS)
                self._victims[which].signal(SIGCONT)
