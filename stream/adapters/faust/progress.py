"""How far a worker has come with its topics: what it has not read yet may change what it knows."""

from collections.abc import Mapping
from typing import cast

import faust
from faust.types import TP, Message

from stream.adapters.faust.transport import CommittedConsumer, Reading


class Progress:
    """Told of every event that was folded; compares with what Kafka has.

    Args:
        app: whose consumer reads.
        topics: the topics that are read: their full names, and what people are told.
    """

    def __init__(self, app: faust.App, topics: Mapping[str, str]) -> None:
        self._app = app
        self._topics = topics
        self._folded: dict[TP, tuple[int, int]] = {}

    def folded(self, message: Message) -> None:
        """An event was folded."""
        place = TP(message.topic, message.partition)
        self._folded[place] = message.offset, round(message.timestamp * 1_000)

    def forget(self) -> None:
        """The partitions may be another worker's from here on."""
        self._folded.clear()
        cast(CommittedConsumer, self._app.consumer).readings = {}

    def behind(self) -> dict[str, int]:
        """Offsets that wait in Kafka or in this process, by topic; markers of transactions count as well."""
        waiting = dict.fromkeys(self._topics.values(), 0)
        for place, reading in self._readings.items():
            if place.topic in self._topics:
                waiting[self._topics[place.topic]] += self._waiting(place, reading)
        return waiting

    def until(self, partition: int) -> int:
        """Until when (ms) everything is known about a partition's contents; 0 where that cannot be said.

        Of a topic of which nothing waits, until Kafka was last asked; else until the last event was written
        that was folded.
        """
        return min(self._known(TP(topic, partition)) for topic in self._topics)

    def _known(self, place: TP) -> int:
        reading = self._readings.get(place)
        if reading is None:
            return 0
        if not self._waiting(place, reading):
            return reading.at
        return self._folded[place][1] if place in self._folded else 0

    def _waiting(self, place: TP, reading: Reading) -> int:
        if reading.last is None:
            return reading.unread
        if place not in self._folded:
            return reading.unread + 1
        return reading.unread + max(0, reading.last - self._folded[place][0])

    @property
    def _readings(self) -> Mapping[TP, Reading]:
        return cast(CommittedConsumer, self._app.consumer).readings
