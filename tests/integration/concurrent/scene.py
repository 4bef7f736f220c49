"""Topics, traffic and answering processes for one test, and what came of each record."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct

from stream.adapters.kafka import Connection, ConsumerSettings, KafkaConsumer
from stream.ports import Outgoing, Position, Record
from stream.runtime.concurrent.offsets import decode
from tests.contract.world import KafkaWorld

PATIENCE_S = 60.0


class Child:
    """One answering process."""

    def __init__(self, told: dict[str, Any], log: Path) -> None:
        self.name = str(told["name"])
        self._log = log
        self._out = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.concurrent.answerer"],
            env={**os.environ, "ANSWERER": json.dumps(told)},
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )

    def said(self, word: str) -> list[dict[str, Any]]:
        lines = (line for line in self._log.read_text().splitlines() if line.startswith('{"word"'))
        return [told for told in map(json.loads, lines) if told["word"] == word]

    def assigned(self) -> int:
        """How many partitions it held when it last said so."""
        levels = self.said("levels")
        return int(levels[-1]["assigned"]) if levels else 0

    def pause(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def tell_to_end(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit status."""
        return self._process.wait(PATIENCE_S)

    def status(self) -> int | None:
        return self._process.poll()

    def tail(self) -> str:
        return self._log.read_text()[-2_000:]

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()
        self._out.close()


class Answer(Struct, frozen=True):
    """What came of a record, as its answer says."""

    place: tuple[str, int, int]
    waited: float
    by: str
    ending: str
    in_flight: int


class Scene:
    """Lanes' topics of `partitions` partitions each, one for answers and one for dead letters."""

    def __init__(self, bootstrap: str, folder: Path, closing: ExitStack, lanes: int, partitions: int) -> None:
        self.world = KafkaWorld(bootstrap, closing)
        self.partitions = partitions
        self.lanes = [self.world.topic(partitions) for _ in range(lanes)]
        self.out = self.world.topic(1, max_bytes=100_000)
        self.dead = self.world.topic(1)
        self.answers: list[Answer] = []
        self.sent: Counter[str] = Counter()
        self._producer = self.world.producer()
        self._changelogs = self.world.changelog(self.out), self.world.changelog(self.dead)
        for log, topic in zip(self._changelogs, (self.out, self.dead), strict=True):
            log.add((topic, 0))
        self._bootstrap = bootstrap
        self._folder = folder
        self._closing = closing
        self._children: Counter[str] = Counter()
        self._asking: dict[str, KafkaConsumer] = {}

    def child(
        self, name: str, *reserved: int, session_ms: int = 1_500, down_until: float = 0, **settings: float
    ) -> Child:
        """`down_until`: its engine refuses everything until then, in seconds since 1970."""
        self._children[name] += 1
        full = f"{name}{self._children[name]}"
        lanes = dict(zip(self.lanes, reserved or (0,) * len(self.lanes), strict=True))
        told = {
            "bootstrap": self._bootstrap,
            "name": full,
            "lanes": lanes,
            "out": self.out,
            "dead": self.dead,
            "session_ms": session_ms,
            "down_until": down_until,
            "settings": {"slots": 20, "drain": 10.0, **settings},
        }
        child = Child(told, self._folder / f"{full}.log")
        self._closing.callback(child.close)
        return child

    def put(self, count: int, value: bytes = b"5", lane: int = 0, partition: int | None = None) -> None:
        """Send records to each partition in turn, or to one."""
        topic = self.lanes[lane]
        for index in range(count):
            at = index % self.partitions if partition is None else partition
            self._producer.produce(Outgoing(topic, b"%d" % index, value, partition=at), _check)
        self.sent[topic] += count
        assert self._producer.flush(PATIENCE_S) == 0

    def read(self) -> list[Answer]:
        """All answers so far, dead letters with them."""
        for log in self._changelogs:
            while found := log.consume(1_000, 0.02):
                records = [one for one in found if isinstance(one, Record)]
                self.answers += [_decoded(record.value or b"") for record in records]
        return self.answers

    def places(self) -> Counter[tuple[str, int, int]]:
        """How often each record was answered."""
        return Counter(answer.place for answer in self.read())

    def wait_for_all(self, seconds: float = PATIENCE_S) -> None:
        """Until each record sent has an answer."""
        total = self.sent.total()
        until(lambda: len(self.places()) == total, lambda: f"{len(self.places())} of {total}", seconds)

    @property
    def repeated(self) -> int:
        """Answers beyond the first of each record."""
        counts = self.places()
        return counts.total() - len(counts)

    def outsider(self, lane: int = 0) -> KafkaConsumer:
        """A client that speaks for the lane's group and is no member of it."""
        topic = self.lanes[lane]
        if topic not in self._asking:
            settings = ConsumerSettings(group=f"group-{topic}", strategy="cooperative-sticky")
            self._asking[topic] = KafkaConsumer(Connection(bootstrap=self._bootstrap), settings)
            self._closing.callback(self._asking[topic].close)
        return self._asking[topic]

    def committed(self, lane: int = 0) -> dict[int, Position]:
        """What the lane's group has committed."""
        places = [(self.lanes[lane], number) for number in range(self.partitions)]
        found = self.outsider(lane).committed(places, 10.0)
        return {number: position for (_, number), position in found.items()}

    def done(self, lane: int = 0) -> set[tuple[int, int]]:
        """Records that the commits say are done, as (partition, offset)."""
        found: set[tuple[int, int]] = set()
        for number, position in self.committed(lane).items():
            beyond = decode(position.offset, position.metadata)
            found |= {(number, offset) for offset in [*range(position.offset), *beyond]}
        return found


def until(condition: Callable[[], bool], what: Callable[[], str] | str, seconds: float = PATIENCE_S) -> None:
    """Wait for a condition; say what was waited for if it does not come."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, (
            f"not within {seconds:g} s: {what if isinstance(what, str) else what()}"
        )
        time.sleep(0.05)


def _decoded(value: bytes) -> Answer:
    told = json.loads(value)
    return Answer(tuple(told["place"]), told["waited"], told["by"], told["ending"], told["in_flight"])


def _check(error: Exception | None) -> None:
    if error is not None:
        raise error
