"""Stops asking a server that does not answer, and finds out by greetings when it does again."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count

from stream.adapters.openai.fault import Fault
from stream.core.errors import Unavailable

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds for which nothing is asked: doubled from the first to the longest. `Retry-After` is bounded too."""
LONG = 5.0
"""Seconds: a server that asks to be left alone for longer is left alone by all at once."""

Sleep = Callable[[float], Awaitable[None]]

log = logging.getLogger(__name__)


def pause_after(failures: int, draw: Callable[[], float] = random.random) -> float:
    """Seconds to wait after so many failures: doubled each time, and drawn from the upper half.

    Many clients that failed together must not come back together.
    """
    whole = min(FIRST_PAUSE * 2.0 ** min(failures - 1, 16), LONGEST_PAUSE)
    return float(whole * (0.5 + draw() / 2))


class Breaker:
    """Closed: all may ask. Open: nobody, until a greeting is answered.

    It opens after `failures` in a row, at once where only an operator can help or where the server asks to be
    left alone for long. A fault of one question's own shows that the server lives. The greeting belongs to
    no question: one that finds out for others would be cancelled with its case, and a post may be what kills.

    Attributes:
        openings: how often it opened.
    """

    def __init__(
        self, failures: int, server: str, greet: Callable[[], Awaitable[object]], sleep: Sleep = asyncio.sleep
    ) -> None:
        """Begin closed. `server` is how the log names it; `greet` raises a Fault where there is no answer."""
        self._failures = failures
        self._server = server
        self._greet = greet
        self._sleep = sleep
        self._row = 0
        self._recovery: asyncio.Task[None] | None = None
        self.openings = 0
        self.is_open = False

    def check(self) -> None:
        """Refuse where asking is no use now.

        Raises:
            Unavailable: it is open.
        """
        if self.is_open:
            raise Unavailable(f"{self._server} is away; it is greeted until it answers")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Run one request, and learn from how it ends.

        Raises:
            Unavailable: as `check`.
        """
        self.check()
        try:
            yield
        except Fault as fault:
            if fault.reason.is_for_people:
                self._succeeded()
            else:
                self._failed(fault)
            raise
        self._succeeded()

    def stop(self) -> None:
        """Greet no more."""
        if self._recovery is not None:
            self._recovery.cancel()

    def _succeeded(self) -> None:
        self._row = 0
        if self.is_open:
            self.is_open = False
            log.info("the model server answers again", extra={"server": self._server})

    def _failed(self, fault: Fault) -> None:
        self._row += 1
        at_once = fault.reason.needs_mending or (fault.retry_after or 0.0) > LONG
        if not self.is_open and (at_once or self._row >= self._failures):
            self.is_open = True
            self.openings += 1
            if self._recovery is not None:
                self._recovery.cancel()
            self._recovery = asyncio.get_running_loop().create_task(self._recover(fault))

    async def _recover(self, fault: Fault) -> None:
        """Greet after growing pauses until there is an answer, to this or to what was under way still."""
        for failures in count(1):
            pause = max(pause_after(failures), min(fault.retry_after or 0.0, LONGEST_PAUSE))
            level = logging.ERROR if fault.reason.needs_mending else logging.WARNING
            told = {"server": self._server, "why": fault.reason.value, "seen": str(fault), "seconds": pause}
            log.log(level, "the model server is away", extra=told)
            await self._sleep(pause)
            if not self.is_open:
                return
            try:
                await self._greet()
            except Fault as again:
                fault = again
            except Exception as bug:  # noqa: BLE001 - a task that ends would leave the server away for ever
                log.error(  # noqa: TRY400 - a traceback may quote the server
                    "a greeting met a bug, and is tried again: %s", type(bug).__name__
                )
            else:
                self._succeeded()
                return
