"""A process under test: answers records after a while, on the concurrent runner.

A record's value says what becomes of it: `hang` is never answered, `bad` is poison, `big` has an answer
that its topic does not take, a number of milliseconds is how long it takes.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Sequence

from stream.adapters.kafka import (
    Connection,
    ConsumerSettings,
    KafkaConsumer,
    KafkaProducer,
    ProducerSettings,
)
from stream.core.errors import Exit, Poison, SluiceError, Unavailable, Unreadable
from stream.ports import Outgoing, Record
from stream.runtime.concurrent import Lane, Levels, LoopExecutor, Runner, Settings, Silent, Tally, serve


def say(word: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"word": word, "at": time.time(), **facts}) + "\n")
    sys.stdout.flush()


class Answering:
    """Answers each record with its place, its process, and how many were in flight."""

    def __init__(self, name: str, out: str, dead: str, down_until: float) -> None:
        self._name, self._out, self._dead, self._down_until = name, out, dead, down_until
        self._now = 0

    async def handle(self, record: Record) -> Sequence[Outgoing]:
        self._now += 1
        at_once = self._now
        try:
            if time.time() < self._down_until:
                raise Unavailable("the engine is down")
            await self._think(record.value or b"")
        finally:
            self._now -= 1
        answers = [self._answer(record, "answered", at_once)]
        return [*answers, self._too_big(record)] if record.value == b"big" else answers

    async def _think(self, value: bytes) -> None:
        if value == b"hang":
            await asyncio.Event().wait()
        elif value == b"bad":
            raise Unreadable("it does not parse")
        elif value.isdigit():
            await asyncio.sleep(int(value) / 1_000)

    def escalate(self, record: Record, error: SluiceError) -> Sequence[Outgoing]:
        return (self._answer(record, "people", 0),)

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        return Outgoing(self._dead, record.key or b"", self._answer(record, "dead", 0).value)

    def _answer(self, record: Record, ending: str, in_flight: int) -> Outgoing:
        told = {
            "place": [record.topic, record.partition, record.offset],
            "waited": time.time() - record.timestamp / 1_000,
            "by": self._name,
            "ending": ending,
            "in_flight": in_flight,
        }
        return Outgoing(self._out, record.key or b"", json.dumps(told).encode())

    def _too_big(self, record: Record) -> Outgoing:
        return Outgoing(self._out, record.key or b"", b"x" * 200_000)


class Saying(Silent):
    """Prints what tests wait for."""

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        if what not in (Tally.ADMITTED, Tally.COMMITTED):
            say(what, lane=lane)

    def levels(self, lane: str, levels: Levels) -> None:
        say(
            "levels",
            lane=lane,
            assigned=levels.assigned,
            in_window=levels.in_window,
            lag=levels.lag,
            waiting=levels.waiting,
        )


async def run(told: dict[str, object]) -> None:
    connection = Connection(bootstrap=str(told["bootstrap"]), client=str(told["name"]))
    lanes = [
        Lane(topic, _consumer(connection, told, topic), (topic,), reserved)
        for topic, reserved in dict(told["lanes"]).items()  # type: ignore[call-overload]
    ]
    down_until = float(str(told["down_until"]))
    processor = Answering(str(told["name"]), str(told["out"]), str(told["dead"]), down_until)
    settings = Settings(**told["settings"])  # type: ignore[arg-type]
    loop = asyncio.get_running_loop()
    runner = Runner(
        lanes,
        KafkaProducer(connection, ProducerSettings()),
        processor,
        LoopExecutor(processor, loop),
        settings,
        Saying(),
    )
    loop.add_signal_handler(signal.SIGTERM, runner.stop)
    await serve(runner)


def _consumer(connection: Connection, told: dict[str, object], topic: str) -> KafkaConsumer:
    settings = ConsumerSettings(
        group=f"group-{topic}",
        strategy="cooperative-sticky",
        ends=True,
        session_ms=int(str(told["session_ms"])),
        prefetch_kib=1_024,
    )
    return KafkaConsumer(connection, settings)


def main() -> int:
    try:
        asyncio.run(run(json.loads(os.environ["TOLD"])))
    except Exit as why:
        say("exit", why=str(why))
        return 1
    say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
