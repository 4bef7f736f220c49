"""A runner on the in-memory broker, with a clock and handlers that move only when a test says so."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from stream.adapters.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from stream.core.errors import Poison, SluiceError, Unreadable
from stream.ports import Outgoing, Position, Record
from stream.runtime.concurrent import Ending, Lane, Levels, Runner, Settings, Tally
from stream.runtime.concurrent.executor import Result
from stream.runtime.concurrent.item import Item
from stream.runtime.concurrent.offsets import decode

WORK, OUT, DEAD = "work", "out", "dead"
GROUP = "group"
SETTINGS = Settings(slots=10, idle=0.0, drain=0.0, handover=0.0)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


class Hand:
    """An executor whose handlers end by hand. A cancelled one ends at once, unless it is `stubborn`."""

    def __init__(self) -> None:
        self.running: list[Item] = []
        self.started: list[Record] = []
        self.most = 0
        self.stubborn = False
        self.watch: Callable[[Record], None] = lambda record: None
        self._ended: list[tuple[Item, Result]] = []

    def start(self, item: Item) -> None:
        self.watch(item.record)
        self.started.append(item.record)
        self.running.append(item)
        self.most = max(self.most, len(self.running))

    def cancel(self, item: Item) -> None:
        if item in self.running and not self.stubborn:
            self.end(item, asyncio.CancelledError())

    def ended(self) -> Iterator[tuple[Item, Result]]:
        ended, self._ended = self._ended, []
        return iter(ended)

    def wait(self, timeout: float) -> None:
        """Nothing ends by itself."""

    def end(self, item: Item, result: Result) -> None:
        self.running.remove(item)
        self._ended.append((item, result))

    def finish(self, *offsets: int, partition: int = 0) -> None:
        """Let these records' handlers return their one output."""
        for offset in offsets:
            item = self.at(offset, partition)
            self.end(item, (answer(item.record),))

    def finish_all(self) -> None:
        for item in tuple(self.running):
            self.end(item, (answer(item.record),))

    def fail(self, offset: int, error: BaseException) -> None:
        """Let this record's handler raise."""
        self.end(self.at(offset), error)

    def at(self, offset: int, partition: int = 0) -> Item:
        found = [
            item
            for item in self.running
            if (item.record.offset, item.record.partition) == (offset, partition)
        ]
        return found[-1]

    @property
    def offsets(self) -> list[int]:
        """What runs now."""
        return sorted(item.record.offset for item in self.running)


def answer(record: Record) -> Outgoing:
    """A handler's output: says which record it answers."""
    return Outgoing(OUT, record.key or b"", b"%d:%d" % (record.partition, record.offset))


class Clerk:
    """What is published of records without an answer. Its flags seed mistakes of a processor."""

    def __init__(self) -> None:
        self.escalation: Exception | None = None
        self.dead_letter_error: Exception | None = None
        self.errors: list[SluiceError] = []

    async def handle(self, record: Record) -> list[Outgoing]:
        return [answer(record)]

    def escalate(self, record: Record, error: SluiceError) -> list[Outgoing]:
        self.errors.append(error)
        if self.escalation is not None:
            raise self.escalation
        return [Outgoing(OUT, record.key or b"", b"people:%d:%d" % (record.partition, record.offset))]

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        self.errors.append(error)
        if self.dead_letter_error is not None:
            raise self.dead_letter_error
        return Outgoing(DEAD, record.key or b"", b"%d:%d" % (record.partition, record.offset))


class Notes:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.tallies: Counter[Tally] = Counter()
        self.endings: Counter[Ending] = Counter()
        self.last: dict[str, Levels] = {}

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        self.tallies[what] += count

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:
        self.endings[ending] += 1

    def levels(self, lane: str, levels: Levels) -> None:
        self.last[lane] = levels


class Rig:
    """One member of the group, and what it left on the broker."""

    def __init__(
        self,
        broker: MemoryBroker | None = None,
        settings: Settings = SETTINGS,
        clock: Clock | None = None,
        *,
        lanes: dict[str, int] | None = None,
        deadlines: Mapping[str, float] = {},
        supersedes: Callable[[Record, Record], bool] = lambda later, earlier: False,
        weigh: Callable[[Record], int] = lambda record: 1,
        max_bytes: int = 1_000_000,
        joined: bool = True,
    ) -> None:
        self.broker = broker or fresh_broker()
        self.clock = clock or Clock()
        self.hand, self.clerk, self.notes = Hand(), Clerk(), Notes()
        self.settings = settings
        reserved = lanes or {WORK: 0}
        self.consumers = {
            name: MemoryConsumer(self.broker, f"{GROUP}-{name}", "cooperative-sticky", ends=True)
            for name in reserved
        }
        self.runner = Runner(
            [
                Lane(name, self.consumers[name], (name,), slots, weigh, deadlines.get(name))
                for name, slots in reserved.items()
            ],
            MemoryProducer(self.broker, max_bytes),
            self.clerk,
            self.hand,
            settings,
            self.notes,
            supersedes=supersedes,
            clock=self.clock,
        )
        if joined:
            self.runner.subscribe()

    @property
    def consumer(self) -> MemoryConsumer:
        return self.consumers[WORK]

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            self.runner.turn()

    def commit(self) -> None:
        """Let what ended be published, acknowledged and committed, and the commit be answered."""
        self.turn(2)
        self.clock.pass_by(1.0)
        self.turn(2)

    def stop(self) -> None:
        """A graceful end."""
        self.runner.drain()
        self.runner.close()

    def put(self, count: int = 1, partition: int = 0, topic: str = WORK, key: bytes = b"k") -> None:
        for _ in range(count):
            self.broker.publish(Outgoing(topic, key, b"v", partition=partition))

    def position(self, partition: int = 0, topic: str = WORK) -> Position | None:
        """What the group has committed."""
        positions = self.broker.group(f"{GROUP}-{topic}", "cooperative-sticky").positions
        return positions.get((topic, partition))

    def committed(self, partition: int = 0) -> tuple[int, set[int]]:
        """The committed offset, and what is done beyond it."""
        position = self.position(partition)
        assert position is not None
        return position.offset, set(decode(position.offset, position.metadata))

    def published(self, topic: str = OUT) -> list[str]:
        return [(record.value or b"").decode() for record in self.broker.records(topic)]


def fresh_broker(partitions: int = 1, *lanes: str) -> MemoryBroker:
    broker = MemoryBroker()
    for topic in lanes or (WORK,):
        broker.create_topic(topic, partitions)
    broker.create_topic(OUT, 1)
    broker.create_topic(DEAD, 1)
    return broker


def settled(rig: Rig) -> Rig:
    """The same rig, its partitions assigned and their first records admitted."""
    rig.turn(4)
    return rig


def unreadable() -> Unreadable:
    return Unreadable("it does not parse")


def one(**options: object) -> Rig:
    """A rig with one record running."""
    rig = Rig(**options)  # type: ignore[arg-type]
    rig.put()
    return settled(rig)
