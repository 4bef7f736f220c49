"""What an app publishes lies in Kafka as the gate expects it."""

import asyncio
from collections.abc import Iterator

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from stream.client import Delivery, InvalidEvent, Publisher, Signal, digest_of
from stream.core.content import AppealRole
from stream.core.murmur2 import partition_of
from stream.core.wire import read_content
from tests.integration.client.world import PARTITIONS, PATIENCE, World, until


@pytest.fixture
def publisher(world: World) -> Iterator[Publisher]:
    with Publisher(world.settings, source="/shop/comments", prefix=world.prefix) as made:
        yield made


def _records(world: World, count: int) -> list[Message]:
    consumer = Consumer({**world.settings, "group.id": "any", "isolation.level": "read_committed"})
    topic = world.prefix + "content"
    consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(PARTITIONS)])
    found: list[Message] = []
    until(lambda: len(found.__iadd__(consumer.consume(100, 0.1))) >= count)
    consumer.close()
    return found


def test_each_event_lies_under_its_id_where_the_id_belongs_and_says_what_it_is(
    world: World, publisher: Publisher
) -> None:
    # Given one of each event, about content with ids all over the partitions
    publisher.publish("post-a", 1, "Hello", author="author-1", language="en")
    publisher.edit("post-b", 2, "Hello again", surface="comments")
    publisher.delete("post-c", 3)
    publisher.report("post-d", 1, "reader-1", "scam", digest=digest_of("Hello"))
    publisher.appeal("post-e", 1, "author-1", role=AppealRole.AUTHOR, statement="It is not.")
    publisher.flush(PATIENCE)
    # When the topic is read
    records = {(record.key() or b"").decode(): record for record in _records(world, 5)}
    # Then each has its key, its partition, its headers, and reads as what was said
    for content_id, record in records.items():
        event = read_content(record.value())
        assert event.id == content_id
        assert record.partition() == partition_of(content_id.encode(), PARTITIONS)
        headers = dict(record.headers() or [])
        assert headers["ce_source"] == b"/shop/comments"
        assert headers["ce_type"] == f"sluice.{type(event).__struct_config__.tag}".encode()
        assert headers["content-type"] == b"application/json"
    assert len({dict(record.headers() or [])["ce_id"] for record in records.values()}) == 5
    assert read_content(records["post-a"].value()).author == "author-1"  # type: ignore[union-attr]


def test_events_of_one_content_keep_their_order(world: World, publisher: Publisher) -> None:
    # Given many versions sent without waiting
    for version in range(1, 501):
        publisher.edit("post-1", version, f"version {version}")
    publisher.flush(PATIENCE)
    # Then they lie in the order in which they were sent
    versions = [read_content(record.value()).version for record in _records(world, 500)]
    assert versions == list(range(1, 501))


def test_a_future_tells_where_the_event_lies(world: World, publisher: Publisher) -> None:
    # Given two events of one content
    first = publisher.publish("post-1", 1, "Hello").result(PATIENCE)
    told: list[Delivery] = []
    second = publisher.edit("post-1", 2, "Hello again")
    second.add_done_callback(lambda future: told.append(future.result()))
    second.result(PATIENCE)
    # Then they lie one after the other
    assert first == Delivery(world.prefix + "content", partition_of(b"post-1", PARTITIONS), 0)
    until(lambda: told == [Delivery(first.topic, first.partition, 1)])


async def test_a_future_can_be_awaited(publisher: Publisher) -> None:
    delivery = await asyncio.wrap_future(publisher.publish("post-1", 1, "Hello"))
    assert delivery.offset == 0


def test_an_event_beyond_the_contract_is_not_sent(world: World, publisher: Publisher) -> None:
    # Given a bad event, and one within every bound that is too large as a whole
    with pytest.raises(InvalidEvent):
        publisher.publish("post 1", 1, "Hello")
    signals = [Signal(kind="text", source="ocr", value="\x01" * 4_096)] * 64
    with pytest.raises(InvalidEvent, match=r"larger than the 1,048,576 bytes of a record"):
        publisher.publish("post-1", 1, "Hello", signals=signals)
    # Then nothing but what follows is in the topic
    publisher.publish("post-1", 1, "Hello").result(PATIENCE)
    assert [record.offset() for record in _records(world, 1)] == [0]


def test_the_largest_text_of_any_script_gets_through(world: World, publisher: Publisher) -> None:
    publisher.publish("post-1", 1, "\U0001f6b2" * 32_768).result(PATIENCE)
    (record,) = _records(world, 1)
    assert read_content(record.value()).digest == digest_of("\U0001f6b2" * 32_768)  # type: ignore[union-attr]
