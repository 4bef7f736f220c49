"""Many pieces of work at once, and never more than a window of them in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def in_window(
    items: Iterable[T], work: Callable[[T], Awaitable[R]], window: int
) -> AsyncIterator[tuple[T, R]]:
    """Do the work of each item, as many at once as the window holds; yields what is done, first done first.

    An item is taken from `items` only when there is room for it. The first error ends the rest.

    Args:
        items: may be endless, and is read on the event loop's thread.
        work: begun once for each item.
        window: how many at once, from 1 on.
    """
    waiting = iter(items)
    running: dict[asyncio.Future[R], T] = {}
    try:
        while True:
            for item in waiting:
                running[asyncio.ensure_future(work(item))] = item
                if len(running) >= window:
                    break
            if not running:
                return
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()
        await asyncio.gather(*running, return_exceptions=True)
