"""The `ControlLog` port on Kafka: all partitions from the beginning, without a group."""

from collections.abc import Iterator

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.scan import Scan
from stream.core.errors import Unavailable
from stream.ports import BEGINNING, Partition, Record

_PATIENCE_SECONDS = 10.0
_IDLE_MS = 200
"""Days pass without a record, in every replica: this spares the brokers, and delays nothing."""


class KafkaControlLog:
    """A `read_committed` reader of the whole topic.

    Args:
        connection: the cluster; `CLIENT-scan` is a group that the cluster lets this client look up.
        topic: the full name.
        patience: seconds without an answer after which `read` gives up.
    """

    def __init__(self, connection: Connection, topic: str, patience: float = _PATIENCE_SECONDS) -> None:
        self._scan = Scan(connection, patience, _IDLE_MS)
        self._topic = topic
        self._next: dict[Partition, int] = {}

    def read(self) -> list[Record]:
        """See `stream.ports.ControlLog`."""
        try:
            partitions = self._scan.partitions(self._topic)
            records = list(self._scan.read(partitions))
        except Unavailable as error:
            raise Unavailable(
                f"nothing is decided before the policy set and the pauses in {self._topic} are known: {error}"
            ) from error
        self._next = dict.fromkeys(partitions, BEGINNING)
        for record in records:
            self._passed(record)
        return records

    def follow(self) -> Iterator[Record | None]:
        """See `stream.ports.ControlLog`."""
        for record in self._scan.follow(self._next):
            if record is not None:
                self._passed(record)
            yield record

    def close(self) -> None:
        """See `stream.ports.ControlLog`."""
        self._scan.close()

    def _passed(self, record: Record) -> None:
        self._next[record.topic, record.partition] = record.offset + 1
