"""Events are acknowledged in their order, and none before Kafka has what follows from it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import cast

import pytest
from faust import Event

from stream.adapters.faust import settling
from stream.adapters.faust.settling import Settling
from tests.unit.adapters.ledger.world import turns


class Seen:
    """An event that remembers that it was acknowledged."""

    def __init__(self, number: int, acked: list[int]) -> None:
        self._number = number
        self._acked = acked

    def ack(self) -> None:
        self._acked.append(self._number)


class Desk:
    """Events in hand, each with one write."""

    def __init__(self) -> None:
        self.settling = Settling()
        self.acked: list[int] = []
        self.running = asyncio.create_task(self.settling.run())

    async def add(self, number: int) -> asyncio.Future[object]:
        write: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        await self.settling.add(cast(Event, Seen(number, self.acked)), [write])
        return write

    async def after(self, done: Sequence[asyncio.Future[object]]) -> list[int]:
        """What is acknowledged once these writes are done."""
        for write in done:
            write.set_result(None)
        await turns()
        return self.acked


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    made.running.cancel()
    await asyncio.wait([made.running])


async def test_events_are_acknowledged_in_order_though_their_writes_finish_out_of_order(desk: Desk) -> None:
    # Given three events / When the last one's write is done, then the second's
    first, second, third = [await desk.add(number) for number in (1, 2, 3)]
    assert await desk.after([third, second]) == []
    # Then all wait for the first
    assert await desk.after([first]) == [1, 2, 3]


async def test_an_event_whose_write_failed_is_never_acknowledged_nor_what_came_after(desk: Desk) -> None:
    # Given three events / When the second's write fails
    first, second, third = [await desk.add(number) for number in (1, 2, 3)]
    second.set_exception(OSError("Kafka does not take it"))
    acked = await desk.after([third, first])
    # Then whoever runs it hears of it, and only what came before is acknowledged
    with pytest.raises(OSError, match="Kafka does not take it"):
        await desk.running
    assert acked == [1]


async def test_settled_once_the_last_event_is_acknowledged(desk: Desk) -> None:
    write = await desk.add(1)
    waiting = asyncio.create_task(desk.settling.settled())
    await turns()
    assert not waiting.done()
    await desk.after([write])
    assert waiting.done()


async def test_no_more_is_taken_while_too_much_waits_for_kafka(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    # Given room for two events, and one more that is being settled
    monkeypatch.setattr(settling, "MOST", 2)
    desk = Desk()
    request.addfinalizer(desk.running.cancel)
    writes = [await desk.add(1)]
    await turns()
    writes += [await desk.add(2), await desk.add(3)]
    # When a fourth comes / Then it waits until the first is done
    fourth = asyncio.create_task(desk.add(4))
    await turns()
    assert not fourth.done()
    await desk.after(writes[:1])
    assert fourth.done()
