"""The ports: what the runners and processors need from the world, as Protocols.

`stream.adapters` implements each on the real part; `stream.adapters.memory` holds an in-memory twin of
each, and one contract suite (`tests/contract`) runs against both.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from stream.core.case import Source
from stream.core.content import Edited, Published
from stream.core.judgement import Answer, Question

Headers = tuple[tuple[str, bytes], ...]
Partition = tuple[str, int]
"""A topic's name and a partition's number."""

Clock = Callable[[], int]
"""Milliseconds since 1970-01-01 UTC."""


class Record(Struct, frozen=True, gc=False):
    """One record as it lies in Kafka. `timestamp` is in milliseconds since 1970, -1 if unknown."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = -1
    headers: Headers = ()


class EndOfPartition(Struct, frozen=True, gc=False):
    """The consumer stands at a partition's end: `offset` steps over transaction markers too."""

    topic: str
    partition: int
    offset: int


class Outgoing(Struct, frozen=True, gc=False):
    """A record to publish. `partition` None lets the key choose (murmur2); `value` None is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


class Position(Struct, frozen=True):
    """A place in a partition: the next offset to read, and the commit's metadata (up to 4,095 characters)."""

    topic: str
    partition: int
    offset: int
    metadata: str = ""


class RebalanceListener(Protocol):
    """Called inside `Consumer.consume`, on the thread that calls it."""

    def assigned(self, partitions: Sequence[Partition]) -> None:
        """These partitions are this member's now (in addition, where assignment is incremental)."""

    def revoked(self, partitions: Sequence[Partition]) -> None:
        """These partitions are about to go to another member; a last commit is still possible."""

    def lost(self, partitions: Sequence[Partition]) -> None:
        """These partitions went to another member already; nothing about them may be committed."""


class Membership(Protocol):
    """An opaque token of one assignment; a transaction commits offsets only under a current one."""


class Consumer(Protocol):
    """A group's consumer. Every method belongs to one thread."""

    def subscribe(self, topics: Sequence[str], listener: RebalanceListener) -> None:
        """Join the group; the listener hears of partitions from within `consume`."""

    def consume(self, limit: int, timeout: float) -> list[Record | EndOfPartition]:
        """Return up to `limit` records, waiting up to `timeout` seconds; serves the listener meanwhile.

        Raises:
            Fenced: another process took this member's group instance id.
        """

    def committed(self, partitions: Iterable[Partition]) -> dict[Partition, Position]:
        """Return the group's committed positions; a partition without one is absent.

        Raises:
            Unavailable: the broker does not answer, or a transaction that holds offsets is still open.
        """

    def membership(self) -> Membership:
        """Return the token of the current assignment."""

    def assign(self, positions: Iterable[Position]) -> None:
        """Begin to read at these positions: all of the assignment, or an addition where it is incremental."""

    def unassign(self, partitions: Iterable[Partition]) -> None:
        """Stop reading these partitions."""

    def seek(self, position: Position) -> None:
        """Read on from here.

        Raises:
            Unavailable: the partition is not being fetched yet; try again.
        """

    def pause(self, partitions: Iterable[Partition]) -> None:
        """Stop fetching these partitions. Survives a revoke and assign: resume in `assigned`."""

    def resume(self, partitions: Iterable[Partition]) -> None:
        """Fetch these partitions again."""

    def commit(self, positions: Sequence[Position], done: Callable[[Exception | None], None]) -> None:
        """Commit positions without waiting; `done` is called from a later `consume`, None for success."""

    def commit_now(self, positions: Sequence[Position]) -> None:
        """Commit positions and wait.

        Raises:
            Unavailable: not committed.
        """

    def close(self) -> None:
        """Leave the group, unless membership is static."""


class TransactionalProducer(Protocol):
    """One transactional identity. After `Unavailable` from `commit` or any `Fenced`, replace it."""

    def begin(self) -> None:
        """Begin a transaction."""

    def produce(self, outgoing: Outgoing) -> None:
        """Add a record to the open transaction.

        Raises:
            Oversized: the record is larger than the topic's or the producer's limit.
        """

    def send_offsets(self, positions: Iterable[Position], membership: Membership) -> None:
        """Add consumed positions to the open transaction, fenced by the membership's generation."""

    def commit(self) -> None:
        """Commit. An unknown outcome is retried inside, never aborted.

        Raises:
            TransactionAborted: nothing of it will be seen; rewind and run the batch again.
            ProducerLost: the outcome is unknown or the identity is used up: replace the producer.
        """

    def abort(self) -> None:
        """Abort the open transaction, if there is one."""

    def close(self) -> None:
        """Give the identity up; aborts what is open."""


class Producer(Protocol):
    """An idempotent producer that reports each delivery."""

    def produce(self, outgoing: Outgoing, delivered: Callable[[Exception | None], None]) -> None:
        """Send a record; `delivered` is called from `poll` or `flush`, with None for success."""

    def poll(self, timeout: float) -> None:
        """Serve delivery reports for up to `timeout` seconds."""

    def flush(self, timeout: float) -> int:
        """Wait for deliveries; returns how many are still outstanding."""


class Changelog(Protocol):
    """Reads a compacted changelog back, for restoring state."""

    def end(self, partition: Partition) -> int:
        """The true end offset, uncommitted records included."""

    def assign(self, partitions: Iterable[Partition]) -> None:
        """Begin to read these partitions from their start, and only these."""

    def consume(self, limit: int, timeout: float) -> list[Record | EndOfPartition]:
        """Committed records, and the stable end when it is met."""


class Engine(Protocol):
    """A model that answers questions: in-process vLLM, a server, or the exemplar."""

    @property
    def model(self) -> str:
        """The model's name, as verdicts name it."""

    async def start(self) -> None:
        """Load and warm up.

        Raises:
            Misconfigured: it cannot run here.
        """

    async def ask(self, question: Question) -> Answer:
        """Answer one question; cancelling the awaiting task aborts the work in the engine.

        Raises:
            Unavailable: the engine died or cannot take work now; the caller may ask again.
            Escalate: this question can never be answered (too long, refused).
        """

    async def stop(self) -> None:
        """Free what it holds."""


class ContentArchive(Protocol):
    """Finds the event that published a version, while Kafka retains it."""

    async def fetch(self, source: Source) -> Published | Edited | None:
        """Return the event at this place of `content`; None if it is gone or is not a publication.

        Raises:
            Unavailable: the broker does not answer.
        """
