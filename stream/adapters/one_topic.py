"""A producer that can write to one topic only, whatever it is asked."""

from stream.core.errors import Defect
from stream.ports import Done, Outgoing, Producer


class OneTopicProducer:
    """Implements `stream.ports.Producer` around another one.

    Args:
        producer: publishes.
        topic: where; everything else is refused.
    """

    def __init__(self, producer: Producer, topic: str) -> None:
        self._producer = producer
        self._topic = topic

    def produce(self, outgoing: Outgoing, delivered: Done) -> None:
        """See `stream.ports.Producer`.

        Raises:
            Defect: the record is for another topic; nothing is sent.
        """
        if outgoing.topic != self._topic:
            raise Defect(f"only {self._topic} may be written to here, not {outgoing.topic}")
        self._producer.produce(outgoing, delivered)

    def poll(self, timeout: float) -> None:
        """See `stream.ports.Producer`."""
        self._producer.poll(timeout)

    def flush(self, timeout: float) -> int:
        """See `stream.ports.Producer`."""
        return self._producer.flush(timeout)

    def close(self) -> None:
        """See `stream.ports.Producer`."""
        self._producer.close()
