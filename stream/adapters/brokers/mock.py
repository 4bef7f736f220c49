"""librdkafka's mock cluster: a Kafka without a broker, good enough to show things."""

from collections.abc import Sequence

from confluent_kafka import Producer

from stream.adapters.brokers.broker import Broker, BrokerKind

LACKS = (
    "topics have 4 partitions each and are not checked, a reader sees what an aborted transaction wrote, "
    "and a partition of more than a few megabytes loses its oldest records, so what it shows proves nothing "
    "about delivery"
)


class MockBroker(Broker):
    """A cluster of one mock broker inside this process; other processes connect to it by its address.

    Args:
        tried: why nothing real could be had, one clause each; they end up in the note.
    """

    kind: BrokerKind = "mock"

    def __init__(self, tried: Sequence[str] = ()) -> None:
        # The cluster lives as long as the client that asked for it.
        self._holder: Producer | None = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        brokers = self._holder.list_topics(timeout=10).brokers.values()
        self.bootstrap = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
        reason = f" ({'; '.join(tried)})" if tried else ""
        self.note = f"librdkafka's in-process mock, for want of a real broker{reason}; {LACKS}"

    def close(self) -> None:
        """Lets the cluster go with its holder."""
        self._holder = None
