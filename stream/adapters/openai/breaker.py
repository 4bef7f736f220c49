"""Stops asking a server that does not answer, and finds out with one question when it does again."""

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stream.adapters.openai.fault import Fault
from stream.core.errors import Unavailable

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds for which nothing is asked: doubled from the first to the longest. `Retry-After` is bounded too."""
LONG = 5.0
"""Seconds: a server that asks to be left alone for longer is left alone by all at once."""

log = logging.getLogger(__name__)


def pause_after(failures: int, draw: Callable[[], float] = random.random) -> float:
    """Seconds to wait after so many failures: doubled each time, and drawn from the upper half.

    Many clients that failed together must not come back together.
    """
    whole = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 16), LONGEST_PAUSE)
    return float(whole * (0.5 + draw() / 2))


class Breaker:
    """Closed: all may ask. Open: nobody. Then one at a time, until one is answered.

    It opens after `failures` in a row, at once where only an operator can help or where the server asks to be
    left alone for long. A fault of one question's own shows that the server lives.

    Attributes:
        openings: how often it opened.
    """

    def __init__(self, failures: int, server: str, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin closed. `server` is how the log names it."""
        self._failures = failures
        self._server = server
        self._clock = clock
        self._row = 0
        self._pauses = 0
        self.openings = 0
        self._until: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether the server is away; until one question has been answered."""
        return self._until is not None

    def check(self) -> None:
        """Refuse where asking is no use now.

        Raises:
            Unavailable: it is open, or another question is finding out.
        """
        if self._until is not None and (self._probing or self._clock() < self._until):
            raise Unavailable(f"{self._server} is away; it is asked again in a while")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Run one request, and learn from how it ends.

        Raises:
            Unavailable: as `check`.
        """
        self.check()
        probe = self._probing = self._until is not None
        try:
            yield
        except Fault as fault:
            if fault.reason.is_for_people:
                self._succeeded()
            else:
                self._failed(fault, probe=probe)
            raise
        except BaseException:
            self._probing = self._probing and not probe  # it was given up: the next one may find out
            raise
        self._succeeded()

    def _succeeded(self) -> None:
        if self._until is not None:
            log.info("the model server answers again", extra={"server": self._server})
        self._row = self._pauses = 0
        self._until = None
        self._probing = False

    def _failed(self, fault: Fault, *, probe: bool) -> None:
        self._row += 1
        asked = fault.retry_after or 0.0
        at_once = fault.reason.needs_mending or asked > LONG
        if probe or (self._until is None and (at_once or self._row >= self._failures)):
            self.openings += self._until is None
            self._pauses += 1
            pause = max(pause_after(self._pauses), min(asked, LONGEST_PAUSE))
            self._until = self._clock() + pause
            self._probing = False
            level = logging.ERROR if fault.reason.needs_mending else logging.WARNING
            told = {"server": self._server, "why": fault.reason.value, "seen": str(fault), "seconds": pause}
            log.log(level, "the model server is away", extra=told)
