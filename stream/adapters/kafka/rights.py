"""What the brokers let this client do, as they say themselves (KIP-430)."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AclOperation, AdminClient

from stream.adapters.kafka.errors import kafka_error
from stream.core.rights import Rights
from stream.core.topics import TopicNames

_DENIED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}


def lacking(client: AdminClient, rights: Rights, names: TopicNames, timeout: float) -> list[str]:
    """What of these rights this client has not, in words; what the brokers do not tell counts as given."""
    reads, writes = ([names.of(topic) for topic in topics] for topics in (rights.reads, rights.writes))
    topics = TopicCollection(sorted({*reads, *writes}))
    groups = [names.prefix + group for group in rights.groups]
    told: dict[str, Any] = {"include_authorized_operations": True, "request_timeout": timeout}
    about_topics = client.describe_topics(topics, **told)
    about_groups = client.describe_consumer_groups(groups, **told)
    return [
        *_without(about_topics, reads, AclOperation.READ, "read topic"),
        *_without(about_topics, writes, AclOperation.WRITE, "write topic"),
        *_without(about_groups, groups, AclOperation.READ, "read group"),
    ]


def _without(
    answers: Mapping[str, Future[Any]], wanted: Iterable[str], operation: AclOperation, right: str
) -> list[str]:
    return [f"{right} {name}" for name in wanted if not _may(answers[name], operation)]


def _may(answer: Future[Any], operation: AclOperation) -> bool:
    try:
        allowed = answer.result().authorized_operations
    except KafkaException as raised:
        return kafka_error(raised).code() not in _DENIED
    return not allowed or operation in allowed
