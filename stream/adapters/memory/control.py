"""The `ControlLog` port's twin."""

from collections.abc import Iterator

from stream.adapters.memory.broker import MemoryBroker
from stream.adapters.memory.fetch import Fetch
from stream.ports import BEGINNING, Position, Record

_TURN_SECONDS = 0.1
_MANY = 1_000_000


class MemoryControlLog:
    """Reads one topic of the in-memory broker, committed records only."""

    def __init__(self, broker: MemoryBroker, topic: str) -> None:
        self._broker = broker
        self._topic = topic
        self._fetch = Fetch(broker, committed=True, ends=False)

    def read(self) -> list[Record]:
        """See `stream.ports.ControlLog`."""
        self._broker.answer("read", lambda: None)
        count = self._broker.count(self._topic)
        self._fetch.place([Position(self._topic, number, BEGINNING) for number in range(count)], anew=True)
        return self._taken()

    def follow(self) -> Iterator[Record | None]:
        """See `stream.ports.ControlLog`."""
        while True:
            self._broker.answer("follow", lambda: None)
            yield from self._taken() or (None,)
            with self._broker.changed:
                self._broker.changed.wait(_TURN_SECONDS)

    def close(self) -> None:
        """See `stream.ports.ControlLog`."""

    def _taken(self) -> list[Record]:
        return [each for each in self._fetch.take(_MANY) if isinstance(each, Record)]
