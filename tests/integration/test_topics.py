"""Topics on a real cluster: made by the specification, looked at, and refused where they will not do."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic

from stream.adapters.brokers import Broker
from stream.adapters.brokers.mock import MockBroker
from stream.adapters.kafka import Connection
from stream.adapters.kafka.topics import TopicAdmin
from stream.core.errors import Misconfigured, Unavailable
from stream.core.topic_faults import Needs
from stream.core.topics import Topic, TopicNames

NEEDS = Needs(partitions=2, transaction_timeout=3_000, session_timeout=6_000)


@pytest.fixture
def names() -> TopicNames:
    return TopicNames(f"topics-{uuid4().hex[:8]}.")


@pytest.fixture
def admin(broker: Broker) -> AdminClient:
    return AdminClient({"bootstrap.servers": broker.bootstrap})


@pytest.fixture
def topics(broker: Broker, admin: AdminClient, names: TopicNames) -> Iterator[TopicAdmin]:
    yield TopicAdmin(Connection(bootstrap=broker.bootstrap), names)
    for answer in admin.delete_topics([names.of(topic) for topic in Topic]).values():
        with suppress(KafkaException):
            answer.result(10)


def eventually(happened: Callable[[], bool]) -> None:
    """Wait until the broker tells of what it has already done."""
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_there(admin: AdminClient, topic: str) -> bool:
    return topic in admin.list_topics(timeout=10).topics


def alter(admin: AdminClient, topic: str, setting: str, value: str) -> None:
    entry = ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(10)
    eventually(lambda: admin.describe_configs([resource])[resource].result(10)[setting].value == value)


def test_what_is_created_has_no_grave_fault(topics: TopicAdmin) -> None:
    # Given a cluster without our topics, which no process may start on
    with pytest.raises(Misconfigured, match="sluice topics create"):
        topics.require(NEEDS)
    # When they are created
    created = topics.create(partitions=2, replication=1)
    # Then all are there, and what is left are hints about a single broker
    assert len(created.made) == len(Topic)
    assert created.existed == ()
    assert [hint.grave for hint in topics.require(NEEDS)] == [False]


def test_creating_again_makes_what_is_missing_and_leaves_the_rest(
    admin: AdminClient, topics: TopicAdmin, names: TopicNames
) -> None:
    topics.create(partitions=2, replication=1)
    gone = names.of(Topic.NOTICES)
    admin.delete_topics([gone])[gone].result(10)
    eventually(lambda: not is_there(admin, gone))
    assert topics.create(partitions=2, replication=1).made == (gone,)


def test_nothing_is_created_beside_topics_of_another_size(
    admin: AdminClient, topics: TopicAdmin, names: TopicNames
) -> None:
    # Given one topic that somebody made with three partitions
    content = names.of(Topic.CONTENT)
    admin.create_topics([NewTopic(content, 3, 1)])[content].result(10)
    eventually(lambda: is_there(admin, content))
    # Then creating the others with two is refused, naming it, and none comes into being
    with pytest.raises(Misconfigured, match=rf"{content} \(3\)"):
        topics.create(partitions=2, replication=1)
    assert names.of(Topic.VERDICTS) not in admin.list_topics(timeout=10).topics


def test_more_copies_than_brokers_is_told_before_the_broker_says_it_worse(topics: TopicAdmin) -> None:
    with pytest.raises(Misconfigured, match=r"set topics\.replication = 1"):
        topics.create(partitions=2, replication=3)


def test_a_setting_changed_on_the_broker_is_found(
    admin: AdminClient, topics: TopicAdmin, names: TopicNames
) -> None:
    topics.create(partitions=2, replication=1)
    alter(admin, names.of(Topic.CASES_JUDGE), "max.message.bytes", "1000")
    with pytest.raises(Misconfigured, match=r"takes records of 1,000 bytes and must take 2,097,152"):
        topics.require(NEEDS)


def test_a_broker_that_is_not_there_is_said_so() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1.*Is a broker there"):
        TopicAdmin(Connection(bootstrap="127.0.0.1:1"), TopicNames(), timeout=0.5).faults(NEEDS)


def test_on_the_mock_topics_come_into_being_by_being_asked_for() -> None:
    with MockBroker() as mock:
        topics = TopicAdmin(Connection(bootstrap=mock.bootstrap), TopicNames())
        assert topics.require(NEEDS) == []
        assert len(topics.create(partitions=4, replication=1).existed) == len(Topic)
