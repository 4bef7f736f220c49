"""The `Changelog` port on confluent-kafka: two consumers that never join a group."""

import time
from collections.abc import Sequence

from confluent_kafka import (
    OFFSET_END,
    Consumer,
    KafkaException,
    Message,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from stream.adapters.kafka.codes import AUTO_OFFSET_RESET, PARTITION_EOF, UNKNOWN_TOPIC
from stream.adapters.kafka.connection import CLIENT_LOG, Connection
from stream.adapters.kafka.errors import kafka_error, translated
from stream.adapters.kafka.mock import is_mock
from stream.core.errors import Exit
from stream.ports import Consumed, EndOfPartition, Partition, Position, Record, RecordsLost

WARM_UP_S = 3.0
ANSWER_S = 5.0
PREFETCH_KIB = 16_384


class KafkaChangelog:
    """Reads one changelog topic.

    The client's isolation level decides what an end-of-partition query answers: the end of a
    `read_committed` one is the last stable offset, so the true end takes a client of its own.
    """

    def __init__(self, connection: Connection, topic: str) -> None:
        self._topic = topic
        self._mock = False
        self._connection = connection
        self._admin = AdminClient(connection.as_librdkafka())
        self._heard = time.monotonic()
        settings = {
            **connection.as_librdkafka(),
            "group.id": f"{connection.client}-restore",
            "enable.auto.commit": False,
            "auto.offset.reset": "error",
            "fetch.wait.max.ms": 20,
        }
        self._ends = Consumer({**settings, "isolation.level": "read_uncommitted"})
        self._reader = Consumer(
            {
                **settings,
                "isolation.level": "read_committed",
                "enable.partition.eof": True,
                "queued.max.messages.kbytes": PREFETCH_KIB,
                "fetch.queue.backoff.ms": 20,
            }
        )

    def warm_up(self) -> None:
        """See `stream.ports.Changelog`."""
        try:
            told = self._ends.list_topics(self._topic, timeout=ANSWER_S)
        except KafkaException as raised:
            raise translated(kafka_error(raised), f"looking up {self._topic}") from raised
        self._mock = is_mock(told)
        waiting = set(told.topics[self._topic].partitions)
        self._reader.assign([TopicPartition(self._topic, number, OFFSET_END) for number in waiting])
        limit = time.monotonic() + WARM_UP_S
        while waiting and time.monotonic() < limit:
            waiting -= {message.partition() for message in self._reader.consume(100, 0.05)}
        self._reader.unassign()

    def end(self, partition: Partition, timeout: float) -> int:
        """See `stream.ports.Changelog`."""
        asked = TopicPartition(*partition)
        try:
            _, high = self._ends.get_watermark_offsets(asked, timeout=timeout, cached=False)
        except KafkaException as raised:
            raise translated(kafka_error(raised), f"asking for the end of {self._topic}") from raised
        return int(high)

    def identities(self, topics: Sequence[str], timeout: float) -> dict[str, str]:
        """See `stream.ports.Changelog`."""
        if self._mock:
            return {}
        asked = TopicCollection(list(topics))
        answers = self._admin.describe_topics(asked, request_timeout=timeout)
        found = {}
        for name, answer in answers.items():
            try:
                found[name] = str(answer.result().topic_id)
            except KafkaException as raised:
                error = kafka_error(raised)
                if error.code() not in UNKNOWN_TOPIC:
                    self._ask_anew()
                    raise translated(error, f"asking which topic {name} is") from raised
        self._heard = time.monotonic()
        return found

    def _ask_anew(self) -> None:
        """A node that comes back may say that there are no brokers.

        librdkafka's admin client may then look for none, ever (its issue 5301): a new one does.
        """
        if time.monotonic() - self._heard > ANSWER_S:
            self._admin = AdminClient(self._connection.as_librdkafka())
            self._heard = time.monotonic()

    def add(self, position: Position) -> None:
        """See `stream.ports.Changelog`."""
        start = TopicPartition(position.topic, position.partition, position.offset)
        self._reader.incremental_assign([start])

    def remove(self, partition: Partition) -> None:
        """See `stream.ports.Changelog`."""
        self._reader.incremental_unassign([TopicPartition(*partition)])

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """See `stream.ports.Changelog`."""
        messages = self._reader.consume(1, timeout)
        if messages and limit > 1:
            messages += self._reader.consume(limit - 1, 0)
        return [entry for message in messages if (entry := self._read(message)) is not None]

    def _read(self, message: Message) -> Consumed | None:
        error = message.error()
        if error is None:
            return Record(
                self._topic,
                message.partition(),  # type: ignore[arg-type]
                message.offset(),  # type: ignore[arg-type]
                message.key(),
                message.value(),
            )
        if error.code() == PARTITION_EOF:
            return EndOfPartition(self._topic, message.partition(), message.offset())  # type: ignore[arg-type]
        if error.code() == AUTO_OFFSET_RESET:
            return RecordsLost(self._topic, message.partition(), message.offset())  # type: ignore[arg-type]
        failure = translated(error, f"restoring from {self._topic}")
        if isinstance(failure, Exit):
            raise failure
        CLIENT_LOG.warning("%s", failure)
        return None

    def close(self) -> None:
        """See `stream.ports.Changelog`."""
        self._reader.close()
        self._ends.close()
