"""Acknowledges events in their order, each once everything that follows from it is safe in Kafka.

Left to itself, Faust commits an offset whether or not the changelog has what was made of it, and a worker
that dies in between loses an entry's change for good. Out of order it would skip an event (`_new_offset`).
"""

import asyncio
from collections.abc import Awaitable, Sequence

from faust import Event

MOST = 2_000
"""Events that may wait for Kafka at once."""


class Settling:
    """Events on their way to being acknowledged, oldest first."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[tuple[Event, Sequence[Awaitable[object]]]] = asyncio.Queue(MOST)

    async def add(self, event: Event, writes: Sequence[Awaitable[object]]) -> None:
        """Take an event and what must be written first; waits while too many do."""
        await self._waiting.put((event, writes))

    async def run(self) -> None:
        """Acknowledge until cancelled.

        Raises:
            KafkaError: a write failed; the event is not acknowledged, and the process must end.
        """
        while True:
            event, writes = await self._waiting.get()
            for write in writes:
                await write
            event.ack()
