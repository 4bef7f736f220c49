"""Where the contract suite runs: makes topics, consumers and producers of one kind, twin or real."""

import itertools
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Literal, Protocol, TypeVar

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from stream.adapters.kafka import (
    Connection,
    ConsumerSettings,
    KafkaChangelog,
    KafkaConsumer,
    KafkaProducer,
    KafkaTransactionalProducer,
    ProducerSettings,
    TransactionSettings,
)
from stream.adapters.kafka.control import KafkaControlLog
from stream.adapters.memory import (
    MemoryBroker,
    MemoryChangelog,
    MemoryConsumer,
    MemoryControlLog,
    MemoryProducer,
    MemoryTransactionalProducer,
)
from stream.core.errors import Unavailable
from stream.ports import (
    BEGINNING,
    Changelog,
    Consumed,
    Consumer,
    ControlLog,
    EndOfPartition,
    Partition,
    Position,
    Producer,
    Record,
    TransactionalProducer,
)

Strategy = Literal["range", "cooperative-sticky"]
PATIENCE_S = 30.0
Made = TypeVar("Made")


class World(Protocol):
    """Makes the parts under test; closes them when the test ends."""

    def topic(self, partitions: int = 1, max_bytes: int = 1_000_000) -> str: ...

    def consumer(
        self,
        group: str = "group",
        strategy: Strategy = "range",
        *,
        instance: str | None = None,
        committed: bool = True,
        ends: bool = False,
        restless: bool = False,
    ) -> Consumer:
        """`restless`: the group gives it up when it does not consume for a second and a half."""

    def transactional(self, identity: str = "id", *, hasty: bool = False) -> TransactionalProducer:
        """`hasty`: the broker times its transactions out after a second. Takes values of 100,000 bytes."""

    def producer(self) -> Producer:
        """Takes values of 100,000 bytes."""

    def changelog(self, topic: str) -> Changelog: ...

    def control(self, topic: str) -> ControlLog: ...

    def retain(self, partition: Partition, offset: int) -> None:
        """Drop the records before this offset, as retention does."""

    def forget(self, consumer: Consumer) -> None:
        """Let a restless consumer's time run out (others must go on consuming meanwhile)."""

    def time_out(self, identity: str) -> None:
        """Let a hasty producer's open transaction run out; its marker says when it has."""


class TwinWorld:
    def __init__(self) -> None:
        self.broker = MemoryBroker()
        self._numbers = itertools.count()

    def topic(self, partitions: int = 1, max_bytes: int = 1_000_000) -> str:
        name = f"topic-{next(self._numbers)}"
        self.broker.create_topic(name, partitions, max_bytes)
        return name

    def consumer(
        self,
        group: str = "group",
        strategy: Strategy = "range",
        *,
        instance: str | None = None,
        committed: bool = True,
        ends: bool = False,
        restless: bool = False,
    ) -> Consumer:
        return MemoryConsumer(self.broker, group, strategy, instance=instance, committed=committed, ends=ends)

    def transactional(self, identity: str = "id", *, hasty: bool = False) -> TransactionalProducer:
        return MemoryTransactionalProducer(self.broker, identity, max_bytes=100_000)

    def producer(self) -> Producer:
        return MemoryProducer(self.broker, max_bytes=100_000)

    def changelog(self, topic: str) -> Changelog:
        return MemoryChangelog(self.broker)

    def control(self, topic: str) -> ControlLog:
        return MemoryControlLog(self.broker, topic)

    def retain(self, partition: Partition, offset: int) -> None:
        self.broker.log(partition).retain(offset)

    def forget(self, consumer: Consumer) -> None:
        assert isinstance(consumer, MemoryConsumer)
        consumer.expire()

    def time_out(self, identity: str) -> None:
        self.broker.time_out(identity)


class KafkaWorld:
    def __init__(self, bootstrap: str, closing: ExitStack) -> None:
        self._connection = Connection(bootstrap=bootstrap)
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
        self._closing = closing
        self._tag = uuid.uuid4().hex[:8]
        self._numbers = itertools.count()

    def topic(self, partitions: int = 1, max_bytes: int = 1_000_000) -> str:
        name = f"contract-{self._tag}-{next(self._numbers)}"
        wanted = NewTopic(name, partitions, 1, config={"max.message.bytes": str(max_bytes)})
        for future in self._admin.create_topics([wanted]).values():
            future.result()
        # The controller has it; a member that subscribes before the broker has would wait for minutes.
        while len(self._admin.list_topics(name, timeout=10).topics[name].partitions) < partitions:
            pass
        return name

    def consumer(
        self,
        group: str = "group",
        strategy: Strategy = "range",
        *,
        instance: str | None = None,
        committed: bool = True,
        ends: bool = False,
        restless: bool = False,
    ) -> Consumer:
        settings = ConsumerSettings(
            group=f"{group}-{self._tag}",
            strategy=strategy,
            instance=f"{instance}-{self._tag}" if instance else None,
            isolation="read_committed" if committed else "read_uncommitted",
            ends=ends,
            headers=True,
            session_ms=1_500 if restless else 6_000,
            idle_ms=1_500 if restless else 60_000,
        )
        made = KafkaConsumer(self._connection, settings)
        self._closing.callback(made.close)
        return made

    def transactional(self, identity: str = "id", *, hasty: bool = False) -> TransactionalProducer:
        settings = TransactionSettings(
            identity=f"{identity}-{self._tag}", timeout_ms=1_000 if hasty else 20_000, max_bytes=100_000
        )
        return until(lambda: KafkaTransactionalProducer(self._connection, settings))

    def producer(self) -> Producer:
        return KafkaProducer(self._connection, ProducerSettings(max_bytes=100_000))

    def changelog(self, topic: str) -> Changelog:
        made = KafkaChangelog(self._connection, topic)
        self._closing.callback(made.close)
        return made

    def control(self, topic: str) -> ControlLog:
        made = KafkaControlLog(self._connection, topic, patience=2.0)
        self._closing.callback(made.close)
        return made

    def retain(self, partition: Partition, offset: int) -> None:
        for future in self._admin.delete_records([TopicPartition(*partition, offset)]).values():
            future.result()

    def forget(self, consumer: Consumer) -> None:
        """Its time runs out by itself."""

    def time_out(self, identity: str) -> None:
        """The broker looks for such transactions by itself, once a second."""


class Listening:
    """A listener that reads each partition from where it is told, and keeps a diary."""

    def __init__(self, consumer: Consumer, start: int = BEGINNING) -> None:
        self.consumer = consumer
        self.start = start
        self.held: set[Partition] = set()
        self.diary: list[tuple[str, tuple[Partition, ...]]] = []

    def assigned(self, partitions: Sequence[Partition]) -> None:
        self.held.update(partitions)
        self.diary.append(("assigned", tuple(sorted(partitions))))
        self.consumer.assign([Position(*each, self.start) for each in partitions])

    def revoked(self, partitions: Sequence[Partition]) -> None:
        self.held.difference_update(partitions)
        self.diary.append(("revoked", tuple(sorted(partitions))))

    def lost(self, partitions: Sequence[Partition]) -> None:
        self.held.difference_update(partitions)
        self.diary.append(("lost", tuple(sorted(partitions))))


def until(make: Callable[[], Made]) -> Made:
    """Tries again while the broker is not ready."""
    limit = time.monotonic() + PATIENCE_S
    while True:
        try:
            return make()
        except Unavailable:
            if time.monotonic() > limit:
                raise


def drive(consumers: Iterable[Consumer], done: Callable[[], bool]) -> list[Consumed]:
    """Lets consumers consume in turn until a condition holds; returns what they read."""
    read: list[Consumed] = []
    limit = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < limit, f"not in {PATIENCE_S} s; read {read[-5:]}"
        for consumer in consumers:
            read += consumer.consume(500, 0.02)
    return read


def join(consumer: Consumer, *topics: str, start: int = BEGINNING) -> Listening:
    """Subscribes and waits for the first assignment."""
    listener = Listening(consumer, start)
    consumer.subscribe(topics, listener)
    return listener


def records(reader: Consumer | Changelog, count: int) -> list[Record]:
    """Reads until it has so many records; other entries are passed over."""
    read: list[Record] = []
    limit = time.monotonic() + PATIENCE_S
    while len(read) < count:
        assert time.monotonic() < limit, f"{len(read)} of {count} records in {PATIENCE_S} s"
        read += [each for each in reader.consume(500, 0.05) if isinstance(each, Record)]
    return read


def to_the_end(reader: Consumer | Changelog) -> list[Consumed]:
    """Reads until an end of partition."""
    read: list[Consumed] = []
    limit = time.monotonic() + PATIENCE_S
    while not (read and isinstance(read[-1], EndOfPartition)):
        assert time.monotonic() < limit, f"no end in {PATIENCE_S} s"
        read += reader.consume(500, 0.05)
    return read


def anything(reader: Consumer | Changelog) -> list[Consumed]:
    """Reads until there is something."""
    limit = time.monotonic() + PATIENCE_S
    while not (read := reader.consume(500, 0.05)):
        assert time.monotonic() < limit, f"nothing in {PATIENCE_S} s"
    return read
