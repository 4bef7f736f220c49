"""The broker that every twin shares: topics, groups, transactional ids, and the faults that tests ask for."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from itertools import count
from threading import Condition

from msgspec import Struct

from stream.adapters.memory.group import Group, Strategy
from stream.adapters.memory.log import Fate, Log, Ticket
from stream.core.errors import Misconfigured, Oversized
from stream.core.murmur2 import partition_of
from stream.ports import Clock, Outgoing, Partition, Record


class Fault(Struct, frozen=True):
    """An answer that a client gets instead of success; `applied` if the work is done all the same."""

    error: Exception
    applied: bool = False


class Identity(Struct, eq=False):
    """A transactional id: its epoch, and the transaction under way."""

    epoch: int = 0
    ticket: Ticket | None = None


class MemoryBroker:
    """One process's Kafka. Safe to use from several threads.

    Args:
        clock: gives records their timestamps.
    """

    def __init__(self, clock: Clock = lambda: time.time_ns() // 1_000_000) -> None:
        self.changed = Condition()
        self._clock = clock
        self._topics: dict[str, list[Log]] = {}
        self._limits: dict[str, int] = {}
        self._made: dict[str, str] = {}
        self._numbers = count()
        self._groups: dict[str, Group] = {}
        self._identities: dict[str, Identity] = defaultdict(Identity)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)

    def create_topic(self, name: str, partitions: int, max_bytes: int = 1_000_000) -> None:
        """Make a topic. `max_bytes` bounds a record, as `max.message.bytes` does."""
        self._topics[name] = [Log() for _ in range(partitions)]
        self._limits[name] = max_bytes
        self._made[name] = str(next(self._numbers))

    def identities(self, topics: Sequence[str]) -> dict[str, str]:
        """Those of these topics that there are, each with what no topic before it had."""
        return {name: self._made[name] for name in topics if name in self._made}

    def count(self, topic: str) -> int:
        """How many partitions a topic has.

        Raises:
            Misconfigured: there is no such topic.
        """
        if topic not in self._topics:
            raise Misconfigured(f"topic {topic} does not exist: create it first")
        return len(self._topics[topic])

    def log(self, partition: Partition) -> Log:
        """One partition's log."""
        return self._topics[partition[0]][partition[1]]

    def group(self, name: str, strategy: Strategy) -> Group:
        """A group, made on first sight."""
        return self._groups.setdefault(name, Group(name, strategy))

    def publish(self, outgoing: Outgoing, ticket: Ticket | None = None) -> tuple[Partition, int]:
        """Write a record where its partition or its key says; returns where it lies.

        Raises:
            Oversized: above the topic's limit.
        """
        self.check_size(outgoing)
        number = outgoing.partition
        if number is None:
            number = partition_of(outgoing.key, self.count(outgoing.topic))
        place = (outgoing.topic, number)
        with self.changed:
            offset = self.log(place).append(
                outgoing.key, outgoing.value, outgoing.headers, self._clock(), ticket
            )
            self.changed.notify_all()
        return place, offset

    def check_size(self, outgoing: Outgoing) -> None:
        """Refuse what is above the topic's limit.

        Raises:
            Oversized: it is.
        """
        self.count(outgoing.topic)
        if len(outgoing.value or b"") > self._limits[outgoing.topic]:
            raise Oversized(f"a record for {outgoing.topic} above its {self._limits[outgoing.topic]} bytes")

    def records(self, topic: str) -> list[Record]:
        """What a `read_committed` reader sees, partition by partition."""
        return [record for number in range(self.count(topic)) for record in self._visible((topic, number))]

    def _visible(self, place: Partition) -> list[Record]:
        found: list[Record] = []
        position = 0
        while True:
            entry, position = self.log(place).read(position, committed=True)
            if entry is None:
                return found
            found.append(Record(*place, entry.offset, entry.key, entry.value, entry.timestamp, entry.headers))

    def identity(self, name: str) -> Identity:
        """A transactional id."""
        return self._identities[name]

    def settle(self, identity: Identity, fate: Fate) -> None:
        """End the transaction under way, if there is one: markers, and positions."""
        ticket = identity.ticket
        if ticket is None:
            return
        with self.changed:
            ticket.fate, identity.ticket = fate, None
            for logs in self._topics.values():
                for log in logs:
                    log.settle(ticket)
            for group in self._groups.values():
                group.settle(ticket)
            self.changed.notify_all()

    def time_out(self, name: str) -> None:
        """Abort the transaction that this id left open and refuse its holder, as the broker's scan does."""
        identity = self._identities[name]
        if identity.ticket is not None:
            identity.epoch += 1
            self.settle(identity, Fate.ABORTED)

    def rebalance(self, group: str) -> None:
        """Make a group's members share anew."""
        with self.changed:
            self._groups[group].rebalance()
            self.changed.notify_all()

    def fail(self, operation: str, error: Exception, *, applied: bool = False) -> None:
        """Let the next call of an operation (`commit`, `produce`, `seek`…) end in this error."""
        self._faults[operation].append(Fault(error, applied))

    def answer(self, operation: str, work: Callable[[], None]) -> None:
        """Do the work of an operation, unless a fault was asked for."""
        fault = self._faults[operation].popleft() if self._faults[operation] else None
        if fault is None or fault.applied:
            work()
        if fault is not None:
            raise fault.error
