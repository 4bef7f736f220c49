"""A consumer that skips ahead rather than fall behind."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from stream.adapters.abreast import AbreastConsumer
from stream.adapters.memory import MemoryBroker, MemoryConsumer, MemoryProducer
from stream.ports import BEGINNING, Outgoing, Partition, Position, Record


class FromTheBeginning:
    """A listener that reads everything."""

    def __init__(self, consumer: MemoryConsumer) -> None:
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
        self.skipped = 0
        self.consumer = AbreastConsumer(inner, most, self._skip)
        self.consumer.subscribe(["cases"], FromTheBeginning(inner))

    def write(self, count: int) -> None:
        for _ in range(count):
            self._producer.produce(Outgoing("cases", b"k", b"v"), lambda _error: None)

    def read(self, limit: int) -> list[int]:
        """Offsets, as many as come in one turn."""
        found = self.consumer.consume(limit, 0.02)
        return [one.offset for one in found if isinstance(one, Record)]

    def rest(self) -> list[int]:
        found, quiet = list[int](), 0
        while quiet < 3:
            offsets = self.read(5)
            quiet = 0 if offsets else quiet + 1
            found += offsets
        return found

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
    world, found, written = World(most), list[int](), 0
    for count, reads in turns:
        world.write(count)
        written += count
        for _ in range(reads):
            found += world.read(3)
    found += world.rest()
    assert found == sorted(set(found))
    assert len(found) + world.skipped == written
