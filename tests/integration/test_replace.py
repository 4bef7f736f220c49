"""Records that depend on what stands are written all or none, and never over what somebody else wrote."""

import uuid
from collections.abc import Sequence

import pytest

from stream.adapters.brokers import Broker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.replace import replace_together
from stream.adapters.kafka.topics import TopicAdmin
from stream.core.errors import Misconfigured, Oversized, ProducerFenced
from stream.core.topics import MEGABYTE, Topic, TopicNames
from stream.ports import Outgoing
from tests.fleet.records import records

PARTITIONS = 3


class Place:
    """A `control` of its own."""

    def __init__(self, broker: Broker) -> None:
        self.names = TopicNames(f"test-{uuid.uuid4().hex[:8]}.")
        self.connection = Connection(bootstrap=broker.bootstrap)
        self.topics = TopicAdmin(self.connection, self.names)
        self.topics.create(PARTITIONS, 1)
        self.topic = self.names.of(Topic.CONTROL)

    def out(self, *keys: str, size: int = 1) -> list[Outgoing]:
        return [Outgoing(self.topic, key.encode(), b"x" * size) for key in keys]

    def write(self, decided: Sequence[Outgoing]) -> None:
        replace_together(self.connection, self.names.prefix + "promotion", lambda: decided)

    def keys(self) -> set[bytes | None]:
        return {record.key for record in records(self.connection.bootstrap, self.topic, PARTITIONS)}


@pytest.fixture
def place(broker: Broker) -> Place:
    return Place(broker)


def test_all_records_of_one_promotion_are_seen(place: Place) -> None:
    place.write(place.out("a", "b", "c", "d"))
    assert place.keys() == {b"a", b"b", b"c", b"d"}


def test_who_was_overtaken_between_the_look_and_the_writing_writes_nothing(place: Place) -> None:
    # Given somebody who has looked at what stands
    def overtaken() -> list[Outgoing]:
        # When another one looks and writes meanwhile
        place.write(place.out("theirs"))
        return place.out("mine", "mine too")

    # Then the first one is refused, and nothing of his is seen
    with pytest.raises(ProducerFenced):
        replace_together(place.connection, place.names.prefix + "promotion", overtaken)
    assert place.keys() == {b"theirs"}


def test_where_one_record_is_too_large_none_is_written(place: Place) -> None:
    with pytest.raises(Oversized):
        place.write(place.out("small") + place.out("large", size=4 * MEGABYTE + 1))
    assert place.keys() == set()


def test_what_the_decision_raises_ends_it_and_nothing_is_written(place: Place) -> None:
    def refuses() -> list[Outgoing]:
        raise Misconfigured("no")

    with pytest.raises(Misconfigured):
        replace_together(place.connection, place.names.prefix + "promotion", refuses)
    assert place.keys() == set()


def test_the_topics_say_how_long_they_keep_records(place: Place) -> None:
    kept = place.topics.retention((Topic.CONTENT, Topic.CASES_REVIEW, Topic.CONTROL))
    assert kept == {Topic.CONTENT: 604_800_000, Topic.CASES_REVIEW: 2_592_000_000, Topic.CONTROL: -1}
    elsewhere = TopicAdmin(place.connection, TopicNames("nobody-made-these."))
    assert elsewhere.retention((Topic.CONTENT,)) == {Topic.CONTENT: None}
