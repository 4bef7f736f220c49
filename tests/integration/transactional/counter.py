"""A process under test: a counting processor on the transactional runner.

It prints a word when something happened that its test waits for. `halt` as a record's value makes it print
and wait with the record in hand, the first time that it meets one.
"""

import json
import os
import signal
import sys
import time
from functools import partial

from stream.adapters.kafka import (
    Connection,
    ConsumerSettings,
    KafkaChangelog,
    KafkaConsumer,
    KafkaTransactionalProducer,
    TransactionSettings,
)
from stream.core.errors import Exit
from stream.ports import Record, Step
from stream.runtime.transactional import Levels, Runner, Settings, Silent, Tally
from tests.unit.runtime.transactional.counting import Counting

HALT_S = 1.0


def say(word: str, **facts: object) -> None:
    sys.stdout.write(json.dumps({"word": word, "at": time.monotonic(), **facts}) + "\n")
    sys.stdout.flush()


class Halting(Counting):
    """Counts, and waits once with a record in hand."""

    halted = False

    def handle(self, record: Record, state: bytes | None) -> Step:
        step = super().handle(record, state)
        if record.value == b"halt" and not self.halted:
            self.halted = True
            say("halted")
            time.sleep(HALT_S)
        return step


class Saying(Silent):
    """Prints what tests wait for."""

    def tally(self, what: Tally, count: int = 1) -> None:
        say(what, count=count)

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        say("restored", partition=partition, entries=entries, seconds=seconds)

    def levels(self, levels: Levels) -> None:
        say("levels", assigned=levels.assigned, live=levels.live, entries=levels.entries, lag=levels.lag)


def main() -> int:
    told = json.loads(os.environ["TOLD"])
    connection = Connection(bootstrap=told["bootstrap"], client=told["name"])
    consumer = KafkaConsumer(
        connection,
        ConsumerSettings(
            group=told["group"],
            strategy="range",
            instance=told["name"] if told["static"] else None,
            session_ms=told["session_ms"],
        ),
    )
    runner = Runner(
        consumer,
        partial(
            KafkaTransactionalProducer,
            connection,
            TransactionSettings(identity=told["name"], timeout_ms=told["transaction_ms"]),
        ),
        KafkaChangelog(connection, told["changelog"]),
        Halting(told["target"]),
        Settings(topics=tuple(told["topics"]), changelog=told["changelog"]),
        lambda: time.time_ns() // 1_000_000,
        Saying(),
    )
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    try:
        runner.run()
    except Exit as why:
        say("exit", why=str(why))
        return 1
    say("ended")
    return 0


if __name__ == "__main__":
    sys.exit(main())
