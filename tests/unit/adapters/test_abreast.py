"""A consumer that skips ahead rather than fall behind."""

import time
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.abreast import AbreastConsumer
from stream.adapters.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from stream.ports import BEGINNING, Outgoing, Partition, Position, Record


class FromTheBeginning:
    """A listener that reads everything."""

    def __init__(self, consumer: AbreastConsumer) -> None:
        self._consumer = consumer

    def assigned(self, partitions: Sequence[Partition]) -> None:
        self._consumer.assign([Position(*partition, BEGINNING) for partition in partitions])

    def revoked(self, partitions: Sequence[Partition]) -> None:
        del partitions

    def lost(self, partitions: Sequence[Partition]) -> None:
        del partitions


class World:
    """One partition, a writer, and a reader that may be so far behind."""

    def __init__(self, most: int) -> None:
        self.broker = MemoryBroker()
        self.broker.create_topic("cases", 1)
        self._producer = MemoryProducer(self.broker)
        inner = MemoryConsumer(self.broker, "shadow", "cooperative-sticky", ends=True)
        self.skipped = self.written = 0
        self.found: list[int] = []
        self.consumer = AbreastConsumer(inner, most, self._skip)
        self.consumer.subscribe(["cases"], FromTheBeginning(self.consumer))

    def write(self, count: int) -> None:
        self.written += count
        for _ in range(count):
            self._producer.produce(Outgoing("cases", b"k", b"v"), lambda _error: None)

    def read(self, limit: int) -> list[int]:
        """Offsets, as many as come in one turn."""
        offsets = [one.offset for one in self.consumer.consume(limit, 0.02) if isinstance(one, Record)]
        self.found += offsets
        return offsets

    @property
    def taken(self) -> int:
        return len(self.found)

    def rest(self) -> list[int]:
        """All that is left, once nothing is missing, or two seconds have gone by."""
        until = time.monotonic() + 2
        while self.taken + self.skipped < self.written and time.monotonic() < until:
            self.read(5)
        assert self.read(5) == []
        return self.found

    def _skip(self, count: int) -> None:
        self.skipped += count


def test_a_backlog_is_skipped_but_for_its_newest_records() -> None:
    """Given a backlog far beyond the bound, when it is read, then only the newest come; the others count."""
    world = World(most=10)
    world.write(1_000)
    assert world.rest() == list(range(990, 1_000))
    assert world.skipped == 990


def test_what_is_near_enough_is_read_whole() -> None:
    """Given no more than the bound, when it is read, then nothing is skipped."""
    world = World(most=10)
    world.write(10)
    assert world.rest() == list(range(10))
    assert world.skipped == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 4)), max_size=6), st.integers(1, 20))
def test_each_record_is_read_once_in_order_or_counted_as_skipped(
    turns: list[tuple[int, int]], most: int
) -> None:
    """Given any writing and reading by turns, when all is read, then what is lost was counted."""
    world = World(most)
    for count, reads in turns:
        world.write(count)
        for _ in range(reads):
            world.read(3)
    found = world.rest()
    assert found == sorted(set(found))
    assert len(found) + world.skipped == world.written
