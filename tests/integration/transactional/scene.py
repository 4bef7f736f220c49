"""Topics, traffic and counting processes for one test, and the fold that the outputs must equal."""

from collections import defaultdict
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from stream.ports import Outgoing, Record
from tests.contract.world import KafkaWorld, join, records
from tests.integration.child import PATIENCE_S, Child


class Scene:
    """Two topics of `partitions` partitions each, a target and a changelog."""

    def __init__(self, bootstrap: str, folder: Path, closing: ExitStack, partitions: int) -> None:
        self.world = KafkaWorld(bootstrap, closing)
        self.partitions = partitions
        self.topics = [self.world.topic(partitions), self.world.topic(partitions)]
        self.target = self.world.topic(partitions)
        self.changelog = self.world.topic(partitions)
        self.group = f"group-{self.target}"
        self.sent: dict[tuple[str, int], int] = defaultdict(int)
        self._producer = self.world.producer()
        self._ends = self.world.changelog(self.target)
        self._readers = count()
        self.bootstrap = bootstrap
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
            "bootstrap": self.bootstrap,
            "name": f"{name}-{self.target}",
            "group": self.group,
            "topics": self.topics,
            "target": self.target,
            "changelog": self.changelog,
            "session_ms": session_ms,
            "transaction_ms": transaction_ms,
            "static": static,
        }
        child = Child("tests.integration.transactional.counter", told, self._folder / f"{log or name}.log")
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


def _check(error: Exception | None) -> None:
    assert error is None, error
