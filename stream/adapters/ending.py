"""The end of a process, which nothing that hangs may put off."""

import logging
import os
import threading

log = logging.getLogger(__name__)


class Ending:
    """Ends the process by force where it has not ended by itself.

    A client of Kafka may wait for an answer that never comes where the broker died at a wrong moment: Faust
    for its consumer's thread, librdkafka for a transaction's positions (its issue 5456). What is in hand is
    run again by whoever takes over, as after a crash.

    Args:
        seconds: how long it may take.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun = threading.Lock()

    def begin(self, why: str) -> None:
        """The process is to end from here on; what is said first counts."""
        if self._begun.acquire(blocking=False):
            timer = threading.Timer(self._seconds, _end, (why,))
            timer.daemon = True
            timer.start()


def _end(why: str) -> None:
    log.error("ended by force, because it did not end by itself after: %s", why)
    logging.shutdown()
    os._exit(1)
