"""Real work topics with real lag: records from a plain or a transactional producer, groups that commit."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from stream.core.topics import Topic, TopicNames

PARTITIONS = 4
_WORK = (Topic.CASES_TRIAGE, Topic.CASES_JUDGE, Topic.CASES_JUDGE_PRIORITY, Topic.CASES_JUDGE_URGENT)
_PATIENCE_S = 60.0

Lag = Sequence[int]
"""Records that wait, by partition."""


class Backlog:
    """The work topics of one installation, empty, and its groups, which have not begun."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.names = TopicNames(f"test-{uuid.uuid4().hex[:8]}.")
        self._unread: Counter[Topic] = Counter()
        admin = AdminClient({"bootstrap.servers": bootstrap})
        made = admin.create_topics([NewTopic(self.names.of(topic), PARTITIONS, 1) for topic in _WORK])
        for future in made.values():
            future.result(_PATIENCE_S)

    def put(self, topic: Topic, lag: Lag) -> None:
        """Send so many records to each partition."""
        producer = Producer({"bootstrap.servers": self.bootstrap})
        self._send(producer, topic, lag)

    def put_in_transactions(self, topic: Topic, transactions: Sequence[Lag]) -> None:
        """Send each as one transaction, as the gate does: a marker stays in every partition it wrote to."""
        producer = Producer(
            {"bootstrap.servers": self.bootstrap, "transactional.id": f"{self.names.prefix}gate"}
        )
        producer.init_transactions(_PATIENCE_S)
        for lag in transactions:
            producer.begin_transaction()
            self._send(producer, topic, lag)
            producer.commit_transaction(_PATIENCE_S)

    def read(self, topic: Topic, group: str) -> None:
        """One member of the group reads all that is unread, commits, and leaves."""
        read(self.bootstrap, self.names.of(topic), self.names.prefix + group, self._unread.pop(topic))

    def _send(self, producer: Producer, topic: Topic, lag: Lag) -> None:
        for partition, count in enumerate(lag):
            for _ in range(count):
                producer.produce(self.names.of(topic), b"{}", partition=partition)
            producer.poll(0)
        assert producer.flush(_PATIENCE_S) == 0
        self._unread[topic] += sum(lag)


def read(bootstrap: str, topic: str, group: str, count: int) -> None:
    """Join the group, read so many records, commit behind each partition's last as most do, leave."""
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": group,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    try:
        consumer.subscribe([topic])
        consumer.commit(offsets=_places(consumer, count), asynchronous=False)
    finally:
        consumer.close()


def _places(consumer: Consumer, count: int) -> list[TopicPartition]:
    places: dict[tuple[str, int], int] = {}
    until = time.monotonic() + _PATIENCE_S
    while count:
        assert time.monotonic() < until, f"{count} records did not come within {_PATIENCE_S:.0f} s"
        for message in consumer.consume(count, 0.1):
            assert message.error() is None, message.error()
            places[message.topic() or "", message.partition() or 0] = (message.offset() or 0) + 1
            count -= 1
    return [TopicPartition(topic, partition, offset) for (topic, partition), offset in places.items()]
