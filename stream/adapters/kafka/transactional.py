"""The `TransactionalProducer` port on confluent-kafka."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from confluent_kafka import KafkaException, Producer, TopicPartition
from msgspec import Struct

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, translated, translated_in_transaction
from stream.adapters.kafka.outgoing import SPARE, as_headers, check_size
from stream.core.errors import Oversized, ProducerLost, TransactionAborted
from stream.ports import Membership, Outgoing, Position

CLOSING_S = 3.0
"""How long a closing producer waits for its abort; the broker's own time-out does it otherwise."""


class TransactionSettings(Struct, frozen=True, kw_only=True):
    """One transactional identity.

    Attributes:
        identity: the transactional id; one live process each.
        timeout_ms: after this the broker aborts an open transaction that its owner left behind; until then
            readers of its partitions wait.
        max_bytes: the largest record; no more than the smallest `max.message.bytes` of the topics.
        answer_s: how long one request may go unanswered before it is sent again.
        settle_s: how long a commit of unknown outcome is asked for again before the producer is given up.
    """

    identity: str
    timeout_ms: int = 3_000
    max_bytes: int = 1_000_000
    answer_s: float = 8.0
    settle_s: float = 60.0

    def as_librdkafka(self) -> dict[str, Any]:
        """librdkafka's names for these settings."""
        return {
            "transactional.id": self.identity,
            "transaction.timeout.ms": self.timeout_ms,
            "message.max.bytes": self.max_bytes,
            "acks": "all",
            "partitioner": "murmur2_random",
            "linger.ms": 2,
            # A transaction that begins before the last one's markers are written is refused for a moment:
            # at the default of 100 ms, one in ten took that much longer. It doubles, up to a second.
            "retry.backoff.ms": 5,
            "queue.buffering.max.messages": 500_000,
            "batch.num.messages": 10_000,
        }


class KafkaTransactionalProducer:
    """A transactional producer, initialised: what an earlier holder of its id left open is settled.

    Raises:
        Unavailable: the broker does not answer, or is still settling; try again.
        Misconfigured: the broker refuses this client for good.
    """

    def __init__(self, connection: Connection, settings: TransactionSettings) -> None:
        self._settings = settings
        self._open = False
        self._oversized: Oversized | None = None
        self._roomy = settings.max_bytes - SPARE
        self._client = Producer({**connection.as_librdkafka(), **settings.as_librdkafka()})
        try:
            self._client.init_transactions(settings.answer_s)
        except KafkaException as raised:
            raise translated(kafka_error(raised), f"starting transactions as {settings.identity}") from raised

    def begin(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        try:
            self._client.begin_transaction()
        except KafkaException as raised:
            raise self._failure(raised, "beginning a transaction") from raised
        self._open = True
        self._oversized = None

    def produce(self, outputs: Sequence[Outgoing]) -> None:
        """See `stream.ports.TransactionalProducer`."""
        for output in outputs:
            if output.value is not None and len(output.value) > self._roomy:
                check_size(output, self._settings.max_bytes)
        produce = self._client.produce
        for output in outputs:
            partition = -1 if output.partition is None else output.partition
            try:
                produce(output.topic, output.value, output.key, partition, headers=as_headers(output))
            except BufferError:
                # Half a million wait to be sent; every commit empties the queue, so this ends soon.
                self._client.poll(0.05)
                self.produce((output,))
            except KafkaException as raised:
                self._refused(self._failure(raised, f"producing to {output.topic}"))

    def _refused(self, failure: Exception) -> None:
        # Too late for "none of these": as where the broker refuses a size, the commit will tell.
        if not isinstance(failure, Oversized):
            raise failure
        self._oversized = failure

    def send_offsets(self, positions: Sequence[Position], membership: Membership) -> None:
        """See `stream.ports.TransactionalProducer`."""
        offsets = [
            TopicPartition(each.topic, each.partition, each.offset, each.metadata) for each in positions
        ]
        self._until_answered(
            lambda: self._client.send_offsets_to_transaction(offsets, membership, self._settings.answer_s),
            "adding offsets to a transaction",
        )

    def commit(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        if self._oversized is not None:
            raise self._oversized
        self._until_answered(
            lambda: self._client.commit_transaction(self._settings.answer_s), "committing a transaction"
        )
        self._open = False

    def abort(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        if not self._open:
            return
        try:
            self._until_answered(
                lambda: self._client.abort_transaction(self._settings.answer_s), "aborting a transaction"
            )
        except TransactionAborted as refused:
            raise ProducerLost(str(refused)) from refused
        self._open = False

    def close(self) -> None:
        """See `stream.ports.TransactionalProducer`."""
        # Not the client's own close: it raises where the identity is lost, and waits for what is queued.
        if self._open:
            with suppress(KafkaException):
                self._client.abort_transaction(CLOSING_S)
        self._client.purge()

    def _until_answered(self, request: Callable[[], None], doing: str) -> None:
        limit = time.monotonic() + self._settings.settle_s
        while True:
            try:
                request()
            except KafkaException as raised:
                error = kafka_error(raised)
                if not error.retriable() or error.fatal() or time.monotonic() > limit:
                    raise self._failure(raised, doing) from raised
            else:
                return

    def _failure(self, raised: KafkaException, doing: str) -> Exception:
        return translated_in_transaction(kafka_error(raised), f"{doing} as {self._settings.identity}")
