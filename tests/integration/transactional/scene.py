"""Topics, traffic and counting processes for one test, and the fold that the outputs must equal."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from stream.ports import Outgoing, Record
from tests.contract.world import KafkaWorld, join, records

PATIENCE_S = 60.0


class Child:
    """One counting process."""

    def __init__(self, told: dict[str, Any], log: Path) -> None:
        self.log = log
        self._out = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.transactional.counter"],
            env={**os.environ, "COUNTER": json.dumps(told)},
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )

    def said(self, word: str) -> list[dict[str, Any]]:
        lines = (line for line in self.log.read_text().splitlines() if line.startswith("{"))
        return [told for told in map(json.loads, lines) if told["word"] == word]

    def wait_for(self, word: str, times: int = 1) -> list[dict[str, Any]]:
        until(lambda: len(self.said(word)) >= times, f"{self.log.name} says {word!r}: {self.tail()}")
        return self.said(word)

    def live(self) -> int:
        """How many of its partitions flow, as it last said."""
        levels = self.said("levels")
        return int(levels[-1]["live"]) if levels else 0

    def stop(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """SIGTERM, and its exit status."""
        self.go_on()
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_S)

    def status(self) -> int | None:
        return self._process.poll()

    def tail(self) -> str:
        return self.log.read_text()[-2_000:]

    def close(self) -> None:
        if self._process.poll() is None:
            self.kill()
        self._out.close()


class Scene:
    """Two topics of `partitions` partitions each, a target and a changelog."""

    def __init__(self, bootstrap: str, folder: Path, closing: ExitStack, partitions: int) -> None:
        self.world = KafkaWorld(bootstrap, closing)
        self.partitions = partitions
        self.topics = [self.world.topic(partitions), self.world.topic(partitions)]
        self.target = self.world.topic(partitions)
        self.changelog = self.world.topic(partitions)
        self.sent: dict[tuple[str, int], int] = defaultdict(int)
        self._producer = self.world.producer()
        self._ends = self.world.changelog(self.target)
        self._readers = count()
        self._bootstrap = bootstrap
        self._folder = folder
        self._closing = closing

    def child(
        self,
        name: str,
        *,
        session_ms: int = 1_500,
        transaction_ms: int = 3_000,
        static: bool = False,
        log: str = "",
    ) -> Child:
        """`log` names its log apart from that of another process of the same name."""
        told = {
            "bootstrap": self._bootstrap,
            "name": f"{name}-{self.target}",
            "group": f"group-{self.target}",
            "topics": self.topics,
            "target": self.target,
            "changelog": self.changelog,
            "session_ms": session_ms,
            "transaction_ms": transaction_ms,
            "static": static,
        }
        child = Child(told, self._folder / f"{log or name}.log")
        self._closing.callback(child.close)
        return child

    def send(self, key: str, command: str = "count", topic: int = 0) -> None:
        """Keys begin with their partition's number: `0-anything`."""
        number = int(key.split("-", maxsplit=1)[0])
        name = self.topics[topic]
        self._producer.produce(Outgoing(name, key.encode(), command.encode(), partition=number), _check)
        self.sent[name, number] += 1

    def flush(self) -> None:
        assert self._producer.flush(PATIENCE_S) == 0

    def fill_changelog(self, number: int, entries: int, state: bytes) -> None:
        for index in range(entries):
            entry = Outgoing(self.changelog, f"{number}-{index}".encode(), state, partition=number)
            self._producer.produce(entry, _check)
        self.flush()

    def target_end(self) -> int:
        """The true end of the target's partition 0: open transactions and markers count."""
        return self._ends.end((self.target, 0), 5.0)

    def outputs(self) -> list[Record]:
        """What a `read_committed` reader sees once every record sent has its output."""
        self.flush()
        reader = self.world.consumer(f"outputs-{next(self._readers)}")
        join(reader, self.target)
        found = records(reader, sum(self.sent.values()))
        more = [each for _ in range(10) for each in reader.consume(500, 0.05)]
        return found + [each for each in more if isinstance(each, Record)]

    def check(self, first_counts: dict[str, int] | None = None) -> None:
        """Each record of a partition once and in order, each key's count one more than the last."""
        sources: dict[tuple[str, int], list[int]] = defaultdict(list)
        counts = defaultdict(int, first_counts or {})
        for record in self.outputs():
            _, source, count = (record.value or b"").decode().split()
            topic, number, offset = source.rsplit("-", 2)
            sources[topic, int(number)].append(int(offset))
            key = (record.key or b"").decode()
            assert int(count) == counts[key] + 1, (key, source, count, counts[key])
            counts[key] += 1
        assert sources == {place: list(range(sent)) for place, sent in self.sent.items() if sent}


def until(done: Callable[[], bool], what: str, patience: float = PATIENCE_S) -> None:
    limit = time.monotonic() + patience
    while not done():
        assert time.monotonic() < limit, f"not in {patience} s: {what}"
        time.sleep(0.02)


def _check(error: Exception | None) -> None:
    assert error is None, error
