"""What one twin consumer reads: its partitions, where it stands in each, and which are paused."""

from collections.abc import Iterable

from stream.adapters.memory.broker import MemoryBroker
from stream.core.errors import Unavailable
from stream.ports import BEGINNING, Consumed, EndOfPartition, Partition, Position, Record, RecordsLost


class Fetch:
    """Reads partition after partition, beginning with another one each time."""

    def __init__(self, broker: MemoryBroker, *, committed: bool, ends: bool) -> None:
        self.paused: set[Partition] = set()
        self._broker = broker
        self._committed = committed
        self._ends = ends
        self._at: dict[Partition, int] = {}
        self._told: dict[Partition, int] = {}
        self._seen: dict[Partition, int] = {}
        self._stopped: set[Partition] = set()

    def place(self, positions: Iterable[Position], *, anew: bool) -> None:
        """Read these partitions; only these, if `anew`."""
        if anew:
            self.remove(list(self._at))
        for each in positions:
            place = (each.topic, each.partition)
            self._stopped.discard(place)
            self._at[place] = each.offset
            self._told.pop(place, None)

    def remove(self, partitions: Iterable[Partition]) -> None:
        """Stop reading these partitions."""
        for place in partitions:
            self._at.pop(place, None)
            self._told.pop(place, None)
            self._stopped.discard(place)

    def seek(self, position: Position) -> None:
        """Read on from here.

        Raises:
            Unavailable: the partition is not read, or stopped at records that were lost.
        """
        place = (position.topic, position.partition)
        if place not in self._at or place in self._stopped:
            raise Unavailable(f"{place} is not being fetched")
        self._at[place] = position.offset
        self._told.pop(place, None)

    def end(self, place: Partition) -> int | None:
        """The end as the last read of this partition saw it."""
        return self._seen.get(place)

    def take(self, limit: int) -> list[Consumed]:
        """Up to `limit` entries at hand."""
        found: list[Consumed] = []
        with self._broker.changed:
            for place in list(self._at):
                if place not in self.paused and place not in self._stopped:
                    self._read(place, limit, found)
        self._at = dict([*list(self._at.items())[1:], *list(self._at.items())[:1]])
        return found

    def _read(self, place: Partition, limit: int, found: list[Consumed]) -> None:
        log, position = self._broker.log(place), self._at[place]
        if position == BEGINNING:
            position = log.start
        if not log.start <= position <= log.end:
            self._stopped.add(place)
            found.append(RecordsLost(*place, position))
            return
        self._seen[place] = log.end
        while len(found) < limit:
            entry, position = log.read(position, committed=self._committed)
            self._at[place] = position
            if entry is None:
                self._tell_end(place, position, found)
                return
            found.append(Record(*place, entry.offset, entry.key, entry.value, entry.timestamp, entry.headers))

    def _tell_end(self, place: Partition, position: int, found: list[Consumed]) -> None:
        if self._ends and self._told.get(place) != position:
            self._told[place] = position
            found.append(EndOfPartition(*place, position))
