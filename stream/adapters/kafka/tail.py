"""Follows topics from their beginning without a group: nothing is committed, nobody else is disturbed."""

from collections.abc import Sequence

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, translated
from stream.ports import Record

_ANSWER_SECONDS = 10.0


class Tail:
    """A `read_committed` reader of all partitions of some topics.

    Raises:
        Unavailable: the broker does not answer, or knows no such topic.
    """

    def __init__(self, connection: Connection, topics: Sequence[str]) -> None:
        self._client = Consumer(
            {
                **connection.as_librdkafka(),
                "group.id": f"{connection.client}-tail",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 50,
                "queued.max.messages.kbytes": 8_192,
                "fetch.queue.backoff.ms": 20,
            }
        )
        self._client.assign(
            [
                TopicPartition(topic, partition, OFFSET_BEGINNING)
                for topic in topics
                for partition in self._partitions(topic)
            ]
        )

    def consume(self, limit: int, timeout: float) -> list[Record]:
        """Up to `limit` records in their partitions' order, waiting up to `timeout` seconds for the first."""
        messages = self._client.consume(1, timeout)
        if messages and limit > 1:
            messages += self._client.consume(limit - 1, 0)
        return [
            Record(
                message.topic() or "",
                message.partition() or 0,
                message.offset() or 0,
                message.key(),
                message.value(),
                message.timestamp()[1],
            )
            for message in messages
            if message.error() is None
        ]

    def close(self) -> None:
        """Let the client go."""
        self._client.close()

    def _partitions(self, topic: str) -> list[int]:
        try:
            found = self._client.list_topics(topic, timeout=_ANSWER_SECONDS).topics[topic]
        except KafkaException as raised:
            raise translated(kafka_error(raised), f"looking up {topic}") from raised
        if found.error is not None:
            raise translated(found.error, f"looking up {topic}")
        return list(found.partitions)
