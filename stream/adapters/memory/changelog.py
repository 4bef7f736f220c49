"""The `Changelog` port's twin."""

import time
from collections.abc import Sequence

from stream.adapters.memory.broker import MemoryBroker
from stream.adapters.memory.fetch import Fetch
from stream.ports import Consumed, Partition, Position


class MemoryChangelog:
    """Reads one topic of the in-memory broker back, committed records only."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker
        self._fetch = Fetch(broker, committed=True, ends=True)

    def warm_up(self) -> None:
        """See `stream.ports.Changelog`."""

    def end(self, partition: Partition, timeout: float) -> int:  # noqa: ARG002 - the port
        """See `stream.ports.Changelog`."""
        self._broker.answer("end", lambda: None)
        return self._broker.log(partition).end

    def identities(self, topics: Sequence[str], timeout: float) -> dict[str, str]:  # noqa: ARG002 - the port
        """See `stream.ports.Changelog`."""
        return self._broker.identities(topics)

    def add(self, position: Position) -> None:
        """See `stream.ports.Changelog`."""
        self._fetch.place([position], anew=False)

    def remove(self, partition: Partition) -> None:
        """See `stream.ports.Changelog`."""
        self._fetch.remove([partition])

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """See `stream.ports.Changelog`."""
        end = time.monotonic() + timeout
        while not (found := self._fetch.take(limit)) and time.monotonic() < end:
            with self._broker.changed:
                self._broker.changed.wait(max(0.0, min(0.01, end - time.monotonic())))
        return found

    def close(self) -> None:
        """See `stream.ports.Changelog`."""
