"""The two threads together: Kafka's, and the event loop that handlers run on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from stream.adapters.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from stream.core.errors import Misconfigured
from stream.ports import Outgoing, Record
from stream.runtime.concurrent import Lane, LoopExecutor, Runner, Settings, serve
from stream.runtime.concurrent.assignment import Assignment
from stream.runtime.concurrent.item import Item
from tests.unit.runtime.concurrent.rig import DEAD, OUT, WORK, Clerk, answer, fresh_broker, unreadable

SETTINGS = Settings(slots=10, commit_every=0.05, drain=5.0)


class Desk(Clerk):
    """A processor whose records say what happens: `wait`, `hang`, `deaf`, `bad`, `bug`, `none`, `end`."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0
        self.gate = asyncio.Event()
        self.cancelled: list[int] = []

    async def handle(self, record: Record) -> list[Outgoing]:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self._act((record.value or b"").decode())
        except asyncio.CancelledError:
            self.cancelled.append(record.offset)
            raise
        finally:
            self.now -= 1
        return None if record.value == b"none" else [answer(record)]  # type: ignore[return-value]

    async def _act(self, word: str) -> None:
        if word == "wait":
            await self.gate.wait()
        elif word == "hang":
            await asyncio.Event().wait()
        elif word == "bad":
            raise unreadable()
        elif word == "bug":
            raise KeyError("a bug")
        elif word == "end":
            raise Misconfigured("no such model")
        elif word == "self":
            raise asyncio.CancelledError


def runner_of(broker: MemoryBroker, desk: Desk, settings: Settings = SETTINGS) -> Runner:
    consumer = MemoryConsumer(broker, "group", "cooperative-sticky", ends=True)
    executor = LoopExecutor(desk, asyncio.get_running_loop())
    return Runner([Lane(WORK, consumer, (WORK,))], MemoryProducer(broker), desk, executor, settings)


@asynccontextmanager
async def serving(broker: MemoryBroker, desk: Desk, settings: Settings = SETTINGS) -> AsyncIterator[Runner]:
    """A runner at work, stopped and drained at the end."""
    runner = runner_of(broker, desk, settings)
    service = asyncio.create_task(serve(runner))
    try:
        yield runner
    finally:
        runner.stop()
        await asyncio.wait_for(service, 10)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 another thread makes it true
            await asyncio.sleep(0.005)


def put(broker: MemoryBroker, *words: str) -> None:
    for word in words:
        broker.publish(Outgoing(WORK, b"k", word.encode(), partition=0))


def values(broker: MemoryBroker, topic: str) -> set[str]:
    return {(record.value or b"").decode() for record in broker.records(topic)}


def committed(broker: MemoryBroker) -> int:
    return broker.group("group", "cooperative-sticky").positions[WORK, 0].offset


async def test_records_are_handled_on_the_loop_and_committed() -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, *["go"] * 500)

    async with serving(broker, desk):
        await until(lambda: len(broker.records(OUT)) == 500)

    assert committed(broker) == 500
    assert desk.most <= 10


async def test_a_handler_that_waits_blocks_nobody() -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, "hang", *["go"] * 50)

    async with serving(broker, desk, replace(SETTINGS, drain=0.2)):
        await until(lambda: len(broker.records(OUT)) == 50)

    # The stop cancelled it, and it is the next one's
    assert desk.cancelled == [0]
    assert committed(broker) == 0


@pytest.mark.parametrize(
    ("word", "topic", "value"),
    [
        ("bad", DEAD, "0:0"),
        ("bug", OUT, "people:0:0"),
        ("none", OUT, "people:0:0"),
        ("self", OUT, "people:0:0"),
    ],
)
async def test_every_way_to_fail_leaves_a_trace(word: str, topic: str, value: str) -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, word)

    async with serving(broker, desk):
        await until(lambda: values(broker, topic) == {value})

    assert committed(broker) == 1


async def test_an_overdue_handler_is_cancelled_and_its_record_goes_to_people() -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, "hang")

    async with serving(broker, desk, replace(SETTINGS, deadline=0.1)):
        await until(lambda: values(broker, OUT) == {"people:0:0"})

    assert desk.cancelled == [0]


async def test_a_stop_waits_for_what_is_in_flight() -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, *["wait"] * 10)

    async with serving(broker, desk) as runner:
        await until(lambda: desk.now == 10)
        runner.stop()
        put(broker, *["wait"] * 10)
        await asyncio.sleep(0)
        desk.gate.set()

    assert len(broker.records(OUT)) == 10
    assert committed(broker) == 10


async def test_cancelling_the_service_drains_too() -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, "wait")
    service = asyncio.create_task(serve(runner_of(broker, desk)))
    await until(lambda: desk.now == 1)

    service.cancel()
    await asyncio.sleep(0)
    desk.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(service, 10)

    assert committed(broker) == 1


async def test_a_fault_that_the_process_cannot_outlive_ends_the_service_with_its_message() -> None:
    broker, desk = fresh_broker(), Desk()
    put(broker, "end")

    with pytest.raises(Misconfigured, match="no such model"):
        await asyncio.wait_for(serve(runner_of(broker, desk)), 10)

    assert broker.group("group", "cooperative-sticky").members == {}


async def test_a_handler_that_ends_is_heard_at_once() -> None:
    # Given a thread that would wait for two seconds
    broker, desk = fresh_broker(), Desk()
    put(broker, *["wait"] * 10)

    async with serving(broker, desk, replace(SETTINGS, idle=2.0)):
        await until(lambda: desk.now == 10)
        desk.gate.set()
        async with asyncio.timeout(1):
            await until(lambda: len(broker.records(OUT)) == 10)


async def test_a_handler_cancelled_before_its_first_step_is_still_reported() -> None:
    desk, loop = Desk(), asyncio.get_running_loop()
    executor, item = LoopExecutor(desk, loop), item_of(b"hang")

    executor.start(item)
    executor.cancel(item)
    await asyncio.sleep(0.01)

    [(ended, result)] = executor.ended()
    assert ended is item
    assert isinstance(result, asyncio.CancelledError)


def item_of(value: bytes) -> Item:
    return Item(Record(WORK, 0, 0, b"k", value), WORK, Assignment((WORK, 0)), 1, 0.0)
