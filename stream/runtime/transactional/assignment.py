"""Which shards are this member's, under which membership, and where each is read."""

import time
from collections.abc import Callable, Iterable, Sequence

from stream.core.errors import Misconfigured, Unavailable
from stream.ports import BEGINNING, Consumed, Consumer, Membership, Partition, Position, Record, RecordsLost
from stream.runtime.transactional.observer import Observer, Tally
from stream.runtime.transactional.shard import FAR, Shard
from stream.runtime.transactional.table import Table


class Assignment:
    """The group's listener. It waits for nothing: new shards are paused, and the restorer does the rest.

    The membership is pinned where partitions are assigned: one taken later may carry no generation, and
    brokers do not check that one.
    """

    def __init__(
        self,
        consumer: Consumer,
        topics: Sequence[str],
        empty_table: Callable[[], Table],
        observer: Observer,
    ) -> None:
        self.epoch = 0
        """Grows with every rebalance."""
        self.membership: Membership | None = None
        self.shards: dict[int, Shard] = {}
        self._consumer = consumer
        self._topics = tuple(topics)
        self._empty_table = empty_table
        self._observer = observer
        self._kept: dict[int, Shard] = {}
        self._rewinding: set[Partition] = set()

    def assigned(self, partitions: Sequence[Partition]) -> None:
        """Pause what came until its state is whole; state kept from before may still prove good."""
        self.epoch += 1
        numbers = self._numbers(partitions)
        self.membership = self._consumer.membership()
        now = time.monotonic()
        self.shards = {
            number: self._kept.get(number) or Shard(number, self._topics, self._empty_table, now)
            for number in numbers
        }
        self._kept = {}
        for shard in self.shards.values():
            shard.suspend(now)
        self._consumer.assign(Position(*each, BEGINNING) for each in partitions)
        self._consumer.pause(partitions)

    def _numbers(self, partitions: Sequence[Partition]) -> list[int]:
        numbers = sorted({number for _, number in partitions})
        missing = {(topic, number) for topic in self._topics for number in numbers} - set(partitions)
        if missing:
            raise Misconfigured(
                f"partitions of one number were not assigned together: {sorted(missing)} went elsewhere. "
                f"Give {', '.join(self._topics)} equal partition counts, and every member of the group the "
                "strategy `range` and the same topics; if a topic was just created, start again"
            )
        return numbers

    def revoked(self, partitions: Sequence[Partition]) -> None:  # noqa: ARG002 - `range` takes all at once
        """Keep the state aside: if the partition comes back as it went, it need not be restored."""
        self.epoch += 1
        self.membership = None
        self._kept.update((number, shard) for number, shard in self.shards.items() if shard.whole)
        self.shards = {}
        self._rewinding.clear()

    def lost(self, partitions: Sequence[Partition]) -> None:
        """As `revoked`: the stamps tell whether anybody wrote meanwhile."""
        self.revoked(partitions)

    def suspend(self) -> None:
        """The last transaction's outcome is unknown: nothing flows until the marks are confirmed."""
        now = time.monotonic()
        self._rewinding.clear()
        for shard in self.shards.values():
            shard.suspend(now)
            self._consumer.pause(shard.partitions)

    def release(self, shard: Shard) -> None:
        """A shard's state is whole, as of its marks: let it flow from there."""
        shard.whole = shard.ready = True
        self._rewind(shard)
        self.settle()

    def rewind(self) -> None:
        """Read again from the marks: a transaction failed."""
        for shard in self.shards.values():
            if shard.ready:
                self._rewind(shard)
        self.settle()

    def _rewind(self, shard: Shard) -> None:
        shard.expected = dict.fromkeys(shard.expected, FAR)
        self._rewinding.update(shard.partitions)

    def settle(self) -> None:
        """Seek where that is still to be done: just after an assignment the client may refuse."""
        for topic, number in sorted(self._rewinding):
            shard = self.shards[number]
            mark = shard.marks[topic]
            try:
                self._consumer.seek(mark)
            except Unavailable:
                continue
            self._rewinding.discard((topic, number))
            self._consumer.resume([(topic, number)])
            shard.expected[topic] = max(0, mark.offset)

    def admitted(self, consumed: Iterable[Consumed]) -> list[Record]:
        """What may be processed: of shards that flow, at or after the place that each is read from.

        What came beside a rebalance may belong to the former assignment: no shard of the new one flows yet.
        """
        found: list[Record] = []
        for each in consumed:
            if type(each) is Record:
                shard = self.shards.get(each.partition)
                if shard is not None and each.offset >= shard.expected[each.topic]:
                    found.append(each)
                else:
                    self._observer.tally(Tally.DISCARDED)
            elif type(each) is RecordsLost and each.partition in self.shards:
                self._go_on_after(each)
                return []
        return found

    def _go_on_after(self, lost: RecordsLost) -> None:
        """What is gone is gone (it stays hidden): say so, and read what is left."""
        self._observer.tally(Tally.RECORDS_LOST)
        self.shards[lost.partition].marks[lost.topic] = Position(lost.topic, lost.partition, BEGINNING)
        every = list(self.shards.values())
        self._consumer.assign(mark for each in every for mark in each.marks.values())
        self._consumer.pause(place for each in every if not each.ready for place in each.partitions)
        self.rewind()
