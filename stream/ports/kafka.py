"""What the runners need from Kafka, Kafka-shaped on purpose: their delicate steps stay in the runners.

One thread owns a consumer, and every call to it, its listener's included, runs on that thread.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from stream.ports.records import Consumed, Outgoing, Partition, Position

Done = Callable[[Exception | None], None]
"""Told once how a request ended: None for success, else an error of `stream.core.errors`."""


class RebalanceListener(Protocol):
    """Called inside `Consumer.consume` (and `close`), on the thread that calls it."""

    def assigned(self, partitions: Sequence[Partition]) -> None:
        """These partitions are this member's now: call `Consumer.assign` for them before returning.

        All of the assignment where the strategy is `range`, an addition where it is cooperative.
        """

    def revoked(self, partitions: Sequence[Partition]) -> None:
        """These partitions go to another member when this returns; a last commit is still possible."""

    def lost(self, partitions: Sequence[Partition]) -> None:
        """These partitions went to another member already; nothing about them can be committed."""


class Membership(Protocol):
    """An opaque token of one assignment; a transaction commits offsets only under a current one."""


class Consumer(Protocol):
    """A group's consumer."""

    def subscribe(self, topics: Sequence[str], listener: RebalanceListener) -> None:
        """Join the group; the listener hears of partitions from within `consume`."""

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """Wait up to `timeout` seconds for a first record, then return those at hand, up to `limit`.

        If the listener was called meanwhile, the records may belong to the former assignment.

        Raises:
            Fenced: another process took this member's group instance id.
            Misconfigured: the broker refuses this client for good (authorization, for example).
        """

    def committed(self, partitions: Sequence[Partition], timeout: float) -> dict[Partition, Position]:
        """Return the group's committed positions; a partition without one is absent.

        Raises:
            Unavailable: no answer in `timeout` seconds, or a transaction that holds offsets of one of
                these partitions is still open.
        """

    def membership(self) -> Membership:
        """Return the token of the current assignment; pin it in `assigned`."""

    def assign(self, positions: Iterable[Position]) -> None:
        """Read these partitions from these positions, also where they are read already.

        Name all of the assignment where the strategy is `range`. The way on after `RecordsLost`.
        """

    def seek(self, position: Position) -> None:
        """Read on from here.

        Raises:
            Unavailable: the partition is not being fetched yet; try again.
        """

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Stop fetching these partitions. Survives a revoke and assign: resume in `assigned`."""

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Fetch these partitions again; no effect on those that are not paused."""

    def commit(self, positions: Sequence[Position], done: Done) -> None:
        """Commit positions without waiting; `done` is called from a later `consume`.

        Raises:
            Oversized: metadata above `MAX_METADATA`.
        """

    def commit_now(self, positions: Sequence[Position]) -> None:
        """Commit positions and wait.

        Raises:
            Unavailable: not committed, or not known to be.
            Oversized: metadata above `MAX_METADATA`.
        """

    def end(self, partition: Partition) -> int | None:
        """The partition's end as the last fetch saw it, without asking the broker; None before that."""

    def close(self) -> None:
        """Stop, and leave the group unless membership is static."""


class TransactionalProducer(Protocol):
    """One transactional identity, ready to begin. Where a method raises `ProducerLost`, replace it.

    Every method may raise:
        TransactionAborted: nothing of it will be seen. Call `abort`, rewind, run the batch again.
        ProducerLost: the outcome is unknown, or the identity is used up. Replace the producer.
        ProducerFenced: so too, but another process may be behind it.
    """

    def begin(self) -> None:
        """Begin a transaction."""

    def produce(self, outputs: Sequence[Outgoing]) -> None:
        """Add records to the open transaction: all of these, or none if one is too large.

        Raises:
            Oversized: a record is larger than this producer accepts; the transaction stays open.
        """

    def send_offsets(self, positions: Sequence[Position], membership: Membership) -> None:
        """Add consumed positions to the open transaction, fenced by the membership's generation."""

    def commit(self) -> None:
        """Commit. Where the outcome is unknown, it is asked for again inside, never aborted.

        Raises:
            Oversized: the broker refused one of the records for its size, so nothing will be seen. Replace
                the producer, whose sequence numbers are spoilt, then find which.
        """

    def abort(self) -> None:
        """Abort the open transaction, if there is one."""

    def close(self) -> None:
        """Give the identity up; aborts what is open."""


class Producer(Protocol):
    """An idempotent producer that reports each delivery."""

    def produce(self, outgoing: Outgoing, delivered: Done) -> None:
        """Send a record; `delivered` is called from `poll`, `flush` or a later `produce`.

        Raises:
            Oversized: larger than this producer accepts; `delivered` is not called.
        """

    def poll(self, timeout: float) -> None:
        """Serve delivery reports for up to `timeout` seconds."""

    def flush(self, timeout: float) -> int:
        """Wait for deliveries; returns how many are still outstanding."""

    def close(self) -> None:
        """Give up what is still outstanding: its `delivered` is never called."""


class Changelog(Protocol):
    """Reads the partitions of a compacted changelog back, to restore state."""

    def warm_up(self) -> None:
        """Pay for the first fetch before joining a group: it costs 0.5 to 1 s on a fresh connection."""

    def end(self, partition: Partition, timeout: float) -> int:
        """The true end offset, records of open transactions included.

        Raises:
            Unavailable: the broker does not answer within `timeout` seconds.
        """

    def identities(self, topics: Sequence[str], timeout: float) -> dict[str, str]:
        """Which topics these are: one that is deleted and made anew has another identity.

        What is not there, and what librdkafka's mock cluster does not tell, is left out.

        Raises:
            Unavailable: the broker does not answer within `timeout` seconds.
        """

    def add(self, position: Position) -> None:
        """Begin to read a partition here; before its first record is from that on."""

    def remove(self, partition: Partition) -> None:
        """Stop reading this partition."""

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """Committed records of the added partitions, and the stable end each time it is met."""

    def close(self) -> None:
        """Stop reading."""
