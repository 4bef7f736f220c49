"""How many requests run at once: learned from the server's answers, never more than the operator allows.

Additive rise, multiplicative fall (Chiu and Jain, 1989; TCP's way): one more after each full round of
answers, half as many after a refusal. What was under way at a fall causes no further one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count


class Limit:
    """Slots that are handed out by priority (lower first), then by turn. Belongs to one event loop."""

    def __init__(self, most: int) -> None:
        """Begin with all of them: a server of one's own takes them, another says soon that it does not."""
        self._most = most
        self._size = float(most)
        self._used = 0
        self._fallen = 0
        self._turn = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def size(self) -> int:
        """Requests that may run at once now."""
        return int(self._size)

    @property
    def used(self) -> int:
        """Requests that run now."""
        return self._used

    @asynccontextmanager
    async def slot(self, priority: int) -> AsyncIterator[int]:
        """Wait for a slot and hold it; yields what `fall` wants to know of it."""
        await self._acquire(priority)
        try:
            yield self._fallen
        finally:
            self._used -= 1
            self._hand_out()

    def rise(self) -> None:
        """Note an answer; where slots are idle it shows nothing about more of them."""
        if self._used >= self.size:
            self._size = min(self._size + 1 / self._size, self._most)
            self._hand_out()

    def fall(self, slot: int) -> None:
        """Note that the server could not take what was sent in this slot."""
        if slot == self._fallen:
            self._size = max(self._size / 2, 1.0)
            self._fallen += 1

    async def _acquire(self, priority: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (priority, next(self._turn), turn))
        self._hand_out()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._used -= 1
                self._hand_out()
            raise

    def _hand_out(self) -> None:
        while self._waiting and self._used < self.size:
            turn = heappop(self._waiting)[2]
            if not turn.done():
                self._used += 1
                turn.set_result(None)
