"""How far a consumer group is behind, without joining it."""

from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaException, TopicPartition

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, made, translated


class GroupLag:
    """Asks the brokers what a group has committed, and where the topic ends. Close it, or use it in `with`.

    Args:
        connection: the cluster.
        group: its full name; this client needs the right to read it.
        topic: the topic's full name.
        patience: seconds to wait for each answer.
    """

    def __init__(self, connection: Connection, group: str, topic: str, patience: float = 10.0) -> None:
        self._group = group
        self._topic = topic
        self._patience = patience
        settings = {**connection.as_librdkafka(), "group.id": group, "enable.auto.commit": False}
        self._client = made(Consumer, settings)

    def behind(self) -> int:
        """Records that the group has not committed; of a partition without a commit, all that are there.

        Raises:
            Unavailable: no answer.
            Misconfigured: this client may not ask.
        """
        try:
            found = self._client.list_topics(self._topic, timeout=self._patience).topics[self._topic]
            if found.error is not None:
                raise translated(found.error, f"looking up {self._topic}")
            partitions = [TopicPartition(self._topic, number) for number in found.partitions]
            committed = self._client.committed(partitions, timeout=self._patience)
            return sum(map(self._of, committed))
        except KafkaException as raised:
            raise translated(kafka_error(raised), f"asking how far {self._group} is") from raised

    def _of(self, place: TopicPartition) -> int:
        if place.error is not None:
            raise translated(place.error, f"asking how far {self._group} is")
        first, end = self._client.get_watermark_offsets(place, timeout=self._patience)
        return max(0, end - max(first, place.offset))

    def close(self) -> None:
        """Let the client go."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
