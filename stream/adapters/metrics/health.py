"""How a process is, for whoever starts it, restarts it, or waits for it: started, live, ready."""

import time
from collections.abc import Callable
from typing import NamedTuple

PATIENCE = 60.0
"""Seconds without a word after which a part of a process counts as stuck."""


class Answer(NamedTuple):
    """Whether it is so, and a line that says why."""

    good: bool
    line: str


class Health:
    """Told by a process's parts, asked by its page; safe from any thread.

    - live: the process answers. It never rests on Kafka, on lag or on the model.
    - started: what takes long at the start is done, that is the model is loaded.
    - ready: it has started, and every part reported no obstacle within the last 60 s.

    Args:
        parts: what must report about once a second for the process to be ready: the runner, or each lane.
        clock: seconds; only differences mean anything.
    """

    def __init__(self, *parts: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._loading = ""
        self._obstacles = dict.fromkeys(parts, "has not begun yet")
        self._heard: dict[str, float] = {}

    def loading(self, what: str) -> None:
        """Something is being loaded: not started until `loaded`. `what`: "the model", for example."""
        self._loading = what

    def loaded(self) -> None:
        """What was being loaded is there."""
        self._loading = ""

    def report(self, part: str, obstacle: str = "") -> None:
        """A part's word, about once a second.

        Args:
            part: one of those that were named at first.
            obstacle: why it does not do its work yet; empty where it does.
        """
        self._heard[part] = self._clock()
        self._obstacles[part] = obstacle

    def live(self) -> Answer:
        """The page could be asked."""
        return Answer(True, "live")

    def started(self) -> Answer:
        """Whether the start is over."""
        if what := self._loading:
            return Answer(False, f"not started: {what} is being loaded")
        return Answer(True, "started")

    def ready(self) -> Answer:
        """Whether the process does its work now."""
        started = self.started()
        if not started.good:
            return started
        now = self._clock()
        for part, obstacle in self._obstacles.copy().items():
            if obstacle:
                return Answer(False, f"not ready: {part}: {obstacle}")
            silent = now - self._heard.get(part, now)
            if silent > PATIENCE:
                return Answer(False, f"not ready: {part}: has not reported for {silent:.0f} s")
        return Answer(True, "ready")
