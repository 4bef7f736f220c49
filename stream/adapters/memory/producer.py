"""The `Producer` port's twin."""

from functools import partial

from stream.adapters.memory.broker import MemoryBroker
from stream.core.errors import Oversized, SluiceError
from stream.ports import Done, Outgoing


class MemoryProducer:
    """Writes to the in-memory broker at once, and reports when it is polled.

    Args:
        broker: where it belongs.
        max_bytes: the largest value that it accepts itself; topics may take less.
    """

    def __init__(self, broker: MemoryBroker, max_bytes: int = 1_000_000) -> None:
        self._broker = broker
        self._max_bytes = max_bytes
        self._reports: list[tuple[Done, Exception | None]] = []

    def produce(self, outgoing: Outgoing, delivered: Done) -> None:
        """See `stream.ports.Producer`."""
        if len(outgoing.value or b"") > self._max_bytes:
            raise Oversized(f"a record for {outgoing.topic} above this producer's {self._max_bytes} bytes")
        try:
            self._broker.answer("deliver", partial(self._write, outgoing))
        except SluiceError as refused:
            self._reports.append((delivered, refused))
        else:
            self._reports.append((delivered, None))

    def _write(self, outgoing: Outgoing) -> None:
        self._broker.publish(outgoing)

    def poll(self, timeout: float) -> None:  # noqa: ARG002 - answers at once
        """See `stream.ports.Producer`."""
        reports, self._reports = self._reports, []
        for delivered, error in reports:
            delivered(error)

    def flush(self, timeout: float) -> int:
        """See `stream.ports.Producer`."""
        self.poll(timeout)
        return len(self._reports)

    def close(self) -> None:
        """See `stream.ports.Producer`."""
        self._reports.clear()
