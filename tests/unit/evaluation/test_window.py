"""Work in a window: never more at once, everything done, and an error ends it."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.ops.evaluation.window import in_window


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 5))
def test_everything_is_done_once_and_no_more_at_once_than_the_window(turns: list[int], window: int) -> None:
    """Given work of any length, when it runs in a window, then each is done once and the window holds."""
    running = most = 0

    async def work(item: tuple[int, int]) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(item[1]):
            await asyncio.sleep(0)
        running -= 1
        return item[0]

    async def run() -> list[int]:
        return [done async for _, done in in_window(enumerate(turns), work, window)]

    assert sorted(asyncio.run(run())) == list(range(len(turns)))
    assert most <= window


async def test_items_are_taken_only_when_there_is_room() -> None:
    """Given endless items, when a few are done, then no more were taken than these and the window."""
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    async def work(item: int) -> int:
        await asyncio.sleep(0)
        return item

    results = in_window(endless(), work, 4)
    for _ in range(10):
        await anext(results)
    await results.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert taken <= 14


async def test_an_error_ends_the_rest() -> None:
    """Given one piece that fails, when it fails, then the others are cancelled and the error is raised."""
    cancelled = []

    async def work(item: int) -> None:
        if item == 1:
            raise RuntimeError("the second")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise

    with pytest.raises(RuntimeError, match="the second"):
        async for _ in in_window(range(3), work, 3):
            pass
    assert cancelled == [0, 2]
