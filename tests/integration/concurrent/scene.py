"""Topics, traffic and answering processes for one test, and what came of each record."""

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from stream.adapters.kafka import Connection, ConsumerSettings, KafkaConsumer
from stream.ports import BEGINNING, Outgoing, Position, Record
from stream.runtime.concurrent.offsets import decode
from tests.contract.world import KafkaWorld
from tests.integration.child import PATIENCE_S, Child, until


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
            log.add(Position(topic, 0, BEGINNING))
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
        child = Child("tests.integration.concurrent.answerer", told, self._folder / f"{full}.log")
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


def _decoded(value: bytes) -> Answer:
    told = json.loads(value)
    return Answer(tuple(told["place"]), told["waited"], told["by"], told["ending"], told["in_flight"])


def _check(error: Exception | None) -> None:
    if error is not None:
        raise error
