"""Runners over the in-memory broker, stepped by hand."""

from collections import Counter
from collections.abc import Callable, Iterable

from stream.adapters.memory import (
    MemoryBroker,
    MemoryChangelog,
    MemoryConsumer,
    MemoryTransactionalProducer,
)
from stream.ports import Consumed, Outgoing, Partition, Position, Record
from stream.runtime.transactional import Levels, Runner, Settings, Tally
from stream.runtime.transactional.progress import KEY
from tests.unit.runtime.transactional.counting import Counting

TOPICS = ("first", "second")
SETTINGS = Settings(
    topics=TOPICS, changelog="state", pace=0, idle=0, back_off_first=0, back_off_most=0, committed_pause=0
)
TURNS = 500


class Notes:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.tallies: Counter[Tally] = Counter()
        self.transactions: list[tuple[int, int, int]] = []
        self.restores: list[tuple[int, int]] = []
        self.last: Levels | None = None

    def tally(self, what: Tally, count: int = 1) -> None:
        self.tallies[what] += count

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        self.transactions.append((records, wakes, outputs))

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        self.restores.append((partition, entries))

    def levels(self, levels: Levels) -> None:
        self.last = levels


class SharpConsumer(MemoryConsumer):
    """Lets a test look at what is consumed, and step in."""

    after_consume: Callable[[list[Consumed]], None] = staticmethod(lambda _: None)

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        found = super().consume(limit, timeout)
        self.after_consume(found)
        return found


class Process:
    """One runner with its own client objects; `kill` leaves them as a dead process would."""

    def __init__(self, rig: "Rig", name: str, settings: Settings, *, opened: bool) -> None:
        self.name = name
        self.notes = Notes()
        self.processor = Counting()
        self.consumer = SharpConsumer(rig.broker, "group", instance=name if rig.static else None)
        self.runner = Runner(
            self.consumer,
            lambda: MemoryTransactionalProducer(rig.broker, name, max_bytes=10_000),
            MemoryChangelog(rig.broker),
            self.processor,
            settings,
            rig.clock,
            self.notes,
        )
        if opened:
            self.runner.open()

    def turn(self, times: int = 1) -> None:
        for _ in range(times):
            self.runner.turn()

    def kill(self) -> None:
        """As a kill -9 followed by the session's end: nothing is closed in good order."""
        self.consumer.expire()


class Rig:
    """A broker with two topics to read, one to write, and a changelog."""

    def __init__(self, partitions: int = 2, *, static: bool = False) -> None:
        self.now = 1_000_000
        self.static = static
        self.partitions = partitions
        self.broker = MemoryBroker(self.clock)
        for topic in (*TOPICS, "state"):
            self.broker.create_topic(topic, partitions)
        self.broker.create_topic("out", partitions, max_bytes=1_000)

    def clock(self) -> int:
        return self.now

    def process(self, name: str = "a", settings: Settings = SETTINGS, *, opened: bool = True) -> Process:
        """`opened` False for a test that lets it `run`, which opens it too."""
        return Process(self, name, settings, opened=opened)

    def send(self, key: str, command: str = "count", topic: str = "first") -> None:
        """Keys begin with their partition's number: `0-anything`."""
        number = int(key.split("-", maxsplit=1)[0])
        self.broker.publish(Outgoing(topic, key.encode(), command.encode(), partition=number))

    def outputs(self) -> list[str]:
        return [(record.value or b"").decode().strip() for record in self.broker.records("out")]

    def state(self) -> dict[bytes, bytes | None]:
        """What the changelog says, tombstones included."""
        records = self.broker.records("state")
        return {record.key or b"": record.value for record in records if record.key != KEY}

    def go_back(self, positions: dict[Partition, Position]) -> None:
        """The coordinator has forgotten all positions but these older ones."""
        self.broker.group("group", "range").positions = dict(positions)

    def positions(self) -> dict[Partition, Position]:
        """What the group has committed."""
        return dict(self.broker.group("group", "range").positions)

    def committed(self) -> dict[tuple[str, int], int]:
        group = self.broker.group("group", "range")
        return {place: position.offset for place, position in group.positions.items()}

    def caught_up(self) -> bool:
        committed = self.committed()
        return all(
            committed.get((topic, number), 0) >= self.broker.log((topic, number)).end
            for topic in TOPICS
            for number in range(self.partitions)
        )

    def settle(self, *processes: Process, until: Callable[[], bool] | None = None) -> None:
        """Steps the processes in turn until everything is processed, or a condition holds."""
        done = until or self.caught_up
        for _ in range(TURNS):
            if done():
                return
            for process in processes:
                process.turn()
        raise AssertionError(f"not in {TURNS} turns: {self.committed()}")


def took(place: str, count: int) -> str:
    return f"took {place} {count}"


def values(records: Iterable[Record]) -> list[bytes | None]:
    return [record.value for record in records]
