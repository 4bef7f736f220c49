"""The transactional identity: its producer, and a new one where the old one can go no further."""

import time
from collections.abc import Callable

from stream.core.errors import Fenced, ProducerFenced, ProducerLost, Retry
from stream.ports import TransactionalProducer
from stream.runtime.transactional.settings import Settings

Connect = Callable[[], TransactionalProducer]
"""Makes a producer of the same id, which settles what the one before left open.

Raises:
    Unavailable: not now.
"""


class Identity:
    """Holds one producer at a time.

    Args:
        connect: makes one.
        pause: waits between tries, for so many seconds; True if the process is to stop.
        settings: how long to wait, and when a second fencing means that a rival is alive.
    """

    def __init__(self, connect: Connect, pause: Callable[[float], bool], settings: Settings) -> None:
        self._connect = connect
        self._pause = pause
        self._settings = settings
        self._fenced_at: float | None = None
        self._producer: TransactionalProducer | None = None

    @property
    def producer(self) -> TransactionalProducer:
        """The producer in use.

        Raises:
            ProducerLost: there is none, because the process is to stop.
        """
        if self._producer is None:
            raise ProducerLost("stopped before there was a producer")
        return self._producer

    def open(self) -> None:
        """Make a producer, however long it takes, unless the process is to stop."""
        while self._producer is None:
            try:
                self._producer = self._connect()
            except Retry:
                if self._pause(self._settings.back_off_most):
                    return

    def replace(self, why: Exception) -> None:
        """Give the producer up for a new one.

        Raises:
            Fenced: that happens too often by another's hand.
        """
        if isinstance(why, ProducerFenced):
            self._note_fencing(why)
        self.close()
        self.open()

    def _note_fencing(self, why: ProducerFenced) -> None:
        # A slow transaction's producer is refused just as a rival's victim is: the first time is forgiven.
        before, self._fenced_at = self._fenced_at, time.monotonic()
        limit = self._settings.fenced_again
        if before is not None and self._fenced_at - before < limit:
            raise Fenced(f"{why}; twice in {limit:.0f} s: another live process has this id")

    def close(self) -> None:
        """Give the producer up."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            producer.close()
