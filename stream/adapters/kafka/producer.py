"""The `Producer` port on confluent-kafka."""

import time
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from msgspec import Struct

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, translated
from stream.adapters.kafka.outgoing import as_headers, check_size
from stream.ports import Done, Outgoing

_TURN_S = 0.1


class ProducerSettings(Struct, frozen=True, kw_only=True):
    """An idempotent producer: order is kept and nothing is doubled while it lives.

    Attributes:
        max_bytes: the largest record; no more than the smallest `max.message.bytes` of the topics.
        give_up_ms: after this an undelivered record is reported as failed.
        linger_ms: how long records wait for company: no person waits for these, and the broker's
            processor, which the gate shares, is spent on requests.
    """

    max_bytes: int = 1_000_000
    give_up_ms: int = 120_000
    linger_ms: int = 20

    def as_librdkafka(self) -> dict[str, Any]:
        """librdkafka's names for these settings."""
        return {
            "enable.idempotence": True,
            "acks": "all",
            "partitioner": "murmur2_random",
            "message.max.bytes": self.max_bytes,
            "message.timeout.ms": self.give_up_ms,
            "linger.ms": self.linger_ms,
            "queue.buffering.max.messages": 500_000,
        }


class KafkaProducer:
    """Publishes records and tells when each is on disk."""

    def __init__(self, connection: Connection, settings: ProducerSettings) -> None:
        self._limit = settings.max_bytes
        self._client = Producer({**connection.as_librdkafka(), **settings.as_librdkafka()})

    def produce(self, outgoing: Outgoing, delivered: Done) -> None:
        """See `stream.ports.Producer`."""
        check_size(outgoing, self._limit)

        def report(error: KafkaError | None, _: Message) -> None:
            delivered(translated(error, f"producing to {outgoing.topic}") if error else None)

        partition = -1 if outgoing.partition is None else outgoing.partition
        headers = as_headers(outgoing)
        while True:
            try:
                self._client.produce(
                    outgoing.topic, outgoing.value, outgoing.key, partition, report, headers=headers
                )
            except BufferError:
                self._client.poll(0.05)
            except KafkaException as raised:
                raise translated(kafka_error(raised), f"producing to {outgoing.topic}") from raised
            else:
                return

    def poll(self, timeout: float) -> None:
        """See `stream.ports.Producer`."""
        try:
            self._client.poll(timeout)
        except KafkaException as raised:  # of the producer as a whole, not of a record
            raise translated(kafka_error(raised), "producing") from raised

    def flush(self, timeout: float) -> int:
        """See `stream.ports.Producer`."""
        # librdkafka's own goes on to call reports beside a fatal error, which breaks them.
        until = time.monotonic() + timeout
        while (waiting := len(self._client)) and (left := until - time.monotonic()) > 0:
            self.poll(min(left, _TURN_S))
        return waiting

    def close(self) -> None:
        """See `stream.ports.Producer`."""
        self._client.purge()
