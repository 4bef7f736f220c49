"""Finds the question that kills the engine, so that it goes to people and the others are answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stream.core.errors import Escalate, Unavailable

ALONE_AFTER = 2
"""Deaths in a question's presence after which it runs with no other suspect beside it."""


REMEMBERED = 10_000
"""Accused questions that are kept, the last ones."""


class Condemned(Escalate):
    """The engine dies of this question."""


class Suspects:
    """Counts, for each question, the deaths of the engine while it was in flight.

    A window of questions dies together, so presence proves nothing by itself. Twice accused, a question
    waits until it is the only such one in flight; if the engine dies once more, it was that one.
    """

    def __init__(self) -> None:
        """Begin with nobody accused."""
        self._deaths: dict[str, int] = {}
        self._alone = asyncio.Lock()

    @asynccontextmanager
    async def watching(self, question: str) -> AsyncIterator[None]:
        """Run one question; `Unavailable` from within counts as a death, any other end clears it.

        Raises:
            Escalate: the engine has died of it.
        """
        if self._deaths.get(question, 0) < ALONE_AFTER:
            async with self._counting(question):
                yield
            return
        async with self._alone, self._counting(question):
            deaths = self._deaths.get(question, 0)  # the same one, asked twice, may have been cleared
            if deaths > ALONE_AFTER:
                raise Condemned(f"The model's engine dies of the question: {deaths} times.")
            yield

    @asynccontextmanager
    async def _counting(self, question: str) -> AsyncIterator[None]:
        try:
            yield
        except Unavailable:
            self._deaths[question] = self._deaths.pop(question, 0) + 1
            while len(self._deaths) > REMEMBERED:
                del self._deaths[next(iter(self._deaths))]
            raise
        except Condemned:
            # Its case may be asked again for the sake of another question of it: it stays condemned.
            raise
        except BaseException:
            self._deaths.pop(question, None)
            raise
        self._deaths.pop(question, None)
