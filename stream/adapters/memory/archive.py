"""The `ContentArchive` port in memory."""

from stream.core.case import Source
from stream.core.content import Edited, Published


class MemoryContentArchive:
    """Holds published events by their place."""

    def __init__(self) -> None:
        self._events: dict[tuple[int, int], Published | Edited] = {}

    def keep(self, source: Source, event: Published | Edited) -> None:
        """Let an event be found at this place."""
        self._events[source.partition, source.offset] = event

    def retain(self, source: Source) -> None:
        """Drop what lies before this place of its partition, as retention does."""
        partition, offset = source.partition, source.offset
        gone = [place for place in self._events if place[0] == partition and place[1] < offset]
        for place in gone:
            del self._events[place]

    async def fetch(self, source: Source) -> Published | Edited | None:
        """See `stream.ports.ContentArchive`."""
        return self._events.get((source.partition, source.offset))
