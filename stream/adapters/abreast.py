"""A consumer that skips ahead rather than fall behind: for work that nobody waits for."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from stream.core.errors import Unavailable
from stream.ports import (
    Consumed,
    Consumer,
    Done,
    Membership,
    Partition,
    Position,
    RebalanceListener,
    Record,
)


class AbreastConsumer:
    """Implements `stream.ports.Consumer` around another one.

    Args:
        consumer: reads.
        most: how many offsets behind a partition's end a record may lie.
        skipped: told how many offsets were jumped over.
    """

    def __init__(self, consumer: Consumer, most: int, skipped: Callable[[int], None]) -> None:
        self._consumer = consumer
        self._most = most
        self._skipped = skipped
        self._next: dict[Partition, int] = {}
        """What lies below was taken or counted already: a jump leaves what was fetched before it behind."""

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """See `stream.ports.Consumer`; what lies too far behind is left out, and skipped."""
        return [one for one in self._consumer.consume(limit, timeout) if self._takes(one)]

    def _takes(self, one: Consumed) -> bool:
        if not isinstance(one, Record):
            return True
        partition = (one.topic, one.partition)
        if one.offset < self._next.get(partition, 0):
            return False
        end = self._consumer.end(partition)
        if end is None or end - one.offset <= self._most:
            self._next[partition] = one.offset + 1
            return True
        start = self._next[partition] = end - self._most
        self._skipped(start - one.offset)
        with suppress(Unavailable):  # then it reads over them
            self._consumer.seek(Position(*partition, start))
        return False

    def subscribe(self, topics: Sequence[str], listener: RebalanceListener) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.subscribe(topics, listener)

    def committed(self, partitions: Sequence[Partition], timeout: float) -> dict[Partition, Position]:
        """See `stream.ports.Consumer`."""
        return self._consumer.committed(partitions, timeout)

    def membership(self) -> Membership:
        """See `stream.ports.Consumer`."""
        return self._consumer.membership()

    def assign(self, positions: Iterable[Position]) -> None:
        """See `stream.ports.Consumer`; what comes from there is new, whatever was taken before."""
        positions = list(positions)
        for each in positions:
            self._next.pop((each.topic, each.partition), None)
        self._consumer.assign(positions)

    def seek(self, position: Position) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.seek(position)

    def pause(self, partitions: Iterable[Partition]) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.pause(partitions)

    def resume(self, partitions: Iterable[Partition]) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.resume(partitions)

    def commit(self, positions: Sequence[Position], done: Done) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.commit(positions, done)

    def commit_now(self, positions: Sequence[Position]) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.commit_now(positions)

    def end(self, partition: Partition) -> int | None:
        """See `stream.ports.Consumer`."""
        return self._consumer.end(partition)

    def close(self) -> None:
        """See `stream.ports.Consumer`."""
        self._consumer.close()
