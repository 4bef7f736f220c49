"""What every `ContentArchive` does: finds one published event by its place, and nothing else there."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from typing import Protocol

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from stream.adapters.brokers import Broker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.archive import KafkaContentArchive
from stream.adapters.memory.archive import MemoryContentArchive
from stream.core.case import Source
from stream.core.content import ContentEvent, Edited, Published, Reported
from stream.core.errors import Unavailable
from stream.core.wire import encode
from stream.ports import ContentArchive

PARTITIONS = 2
FOREVER = 60.0


class Shelf(Protocol):
    """A `content` topic and the archive that reads it."""

    @property
    def archive(self) -> ContentArchive: ...

    def put(self, *events: ContentEvent | bytes) -> list[Source]: ...

    def retain(self, source: Source) -> None:
        """Drop what lies before this place, as retention does."""


class TwinShelf:
    def __init__(self) -> None:
        self.archive = MemoryContentArchive()
        self._count = 0

    def put(self, *events: ContentEvent | bytes) -> list[Source]:
        places = []
        for event in events:
            place = Source(self._count % PARTITIONS, self._count // PARTITIONS)
            self._count += 1
            places.append(place)
            if isinstance(event, Published | Edited):
                self.archive.keep(place, event)
        return places

    def retain(self, source: Source) -> None:
        self.archive.retain(source)


class KafkaShelf:
    def __init__(self, bootstrap: str) -> None:
        self._topic = f"archive-{uuid.uuid4().hex[:8]}"
        self._admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
        for made in self._admin.create_topics([NewTopic(self._topic, PARTITIONS, 1)]).values():
            made.result()
        self._producer = Producer({"bootstrap.servers": bootstrap})
        self._count = 0
        self.archive = KafkaContentArchive(Connection(bootstrap=bootstrap), self._topic, "archive")

    def put(self, *events: ContentEvent | bytes) -> list[Source]:
        places: dict[int, Source] = {}
        for number, event in enumerate(events, start=self._count):
            value = event if isinstance(event, bytes) else encode(event)

            def kept(_error: object, message: object, number: int = number) -> None:
                places[number] = Source(message.partition(), message.offset())  # type: ignore[attr-defined]

            self._producer.produce(self._topic, value, b"k", number % PARTITIONS, on_delivery=kept)
        self._count += len(events)
        assert self._producer.flush(30) == 0
        return [places[number] for number in sorted(places)]

    def retain(self, source: Source) -> None:
        place = TopicPartition(self._topic, source.partition, source.offset)
        for dropped in self._admin.delete_records([place]).values():
            dropped.result()


@pytest.fixture(params=["twin", pytest.param("kafka", marks=pytest.mark.broker)])
def shelf(request: pytest.FixtureRequest) -> Iterator[Shelf]:
    if request.param == "twin":
        yield TwinShelf()
        return
    broker: Broker = request.getfixturevalue("broker")
    made = KafkaShelf(broker.bootstrap)
    yield made
    made.archive.close()


def post(number: int) -> Published:
    return Published(id=f"p{number}", version=1, at=1, text=f"text {number}", language="en")


async def found(shelf: Shelf, source: Source) -> Published | Edited | None:
    """What lies there; the archive may be asked again while the topic is new to the broker."""
    until = time.monotonic() + FOREVER
    while True:
        try:
            return await shelf.archive.fetch(source)
        except Unavailable:
            if time.monotonic() > until:
                raise


async def test_what_was_published_or_edited_is_found_at_its_place(shelf: Shelf) -> None:
    edit = Edited(id="p0", version=2, at=2, text="another text")
    first, second = shelf.put(post(0), edit)
    assert await found(shelf, first) == post(0)
    assert await found(shelf, second) == edit


async def test_many_places_are_read_side_by_side_and_none_is_taken_for_another(shelf: Shelf) -> None:
    # Given posts that together are more than the client fetches at once
    posts = [post(number) for number in range(3_000)]
    places = shelf.put(*posts)
    await found(shelf, places[0])
    # When a hundred of them are asked for at once, here and there
    begun = time.monotonic()
    asked = range(0, 3_000, 30)
    events = await asyncio.gather(*(found(shelf, places[number]) for number in asked))
    # Then each is the one that lies there, and it takes milliseconds each: a wave of reports needs them all
    assert events == [posts[number] for number in asked]
    assert time.monotonic() - begun < 20


async def test_what_retention_took_is_not_found(shelf: Shelf) -> None:
    places = shelf.put(*(post(number) for number in range(6)))
    shelf.retain(places[4])
    assert await found(shelf, places[0]) is None
    assert await found(shelf, places[2]) is None
    assert await found(shelf, places[4]) == post(4)


async def test_a_place_that_holds_no_publication_or_nothing_yet_is_empty(shelf: Shelf) -> None:
    report = Reported(id="p0", version=1, at=1, reporter="r", reason="spam")
    broken, reported, _ = shelf.put(b"{", report, post(2))
    assert await found(shelf, broken) is None
    assert await found(shelf, reported) is None
    assert await found(shelf, Source(0, 2)) is None
    assert await found(shelf, Source(0, 1_000)) is None


async def test_where_no_broker_answers_the_caller_may_ask_again_and_nobody_waits_to_close() -> None:
    # Given an archive whose broker is away, and many questions waiting behind each other
    archive = KafkaContentArchive(Connection(bootstrap="127.0.0.1:1"), "content", "archive")
    asked = [asyncio.ensure_future(archive.fetch(Source(0, number))) for number in range(50)]
    with pytest.raises(Unavailable):
        await asked[0]
    # When it is closed / Then that waits for the one under way, not for all of them
    begun = time.monotonic()
    await asyncio.to_thread(archive.close)
    assert time.monotonic() - begun < 10
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(end, Unavailable | asyncio.CancelledError) for end in ended)
