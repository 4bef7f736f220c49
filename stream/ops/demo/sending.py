"""Publishes a feed in its own time, beside whatever else the demo does."""

import threading
import time
from collections.abc import Callable, Sequence

from stream.client import Publisher
from stream.core.content import ContentEvent
from stream.ops.demo.feed import Beat

_PATIENCE_SECONDS = 2.0

Told = Callable[[ContentEvent, int], None]


class Sending(threading.Thread):
    """Open loop: each event goes out when it is due, however the others fare.

    Args:
        publisher: whose `send` is used.
        beats: the feed, in the order of its times.
        told: hears of each event and its intended time in ms, before it goes out.
    """

    def __init__(self, publisher: Publisher, beats: Sequence[Beat], told: Told) -> None:
        super().__init__(name="sending", daemon=True)
        self.failure: Exception | None = None
        self._publisher = publisher
        self._beats = beats
        self._told = told
        self._ended = threading.Event()

    def run(self) -> None:
        """Send everything, or until `end`."""
        begin = time.time_ns() // 1_000_000
        try:
            for beat in self._beats:
                due = begin + beat.after_ms
                wait = due - time.time_ns() // 1_000_000
                if wait > 0 and self._ended.wait(wait / 1000):
                    return
                self._told(beat.event, due)
                self._publisher.send(beat.event)
        except Exception as error:  # noqa: BLE001 - told to the demo's own thread, which ends with it
            self.failure = error

    def end(self) -> None:
        """Send no more. Does not wait for a broker that has gone."""
        self._ended.set()
        self.join(_PATIENCE_SECONDS)
