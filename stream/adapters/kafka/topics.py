"""Topics on a real cluster: made by their specification, and looked at before anything starts.

librdkafka's mock cluster neither creates topics nor tells settings; there each topic comes into being,
with the mock's own number of partitions, when it is first asked for.
"""

import time
from collections.abc import Iterable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic
from msgspec import Struct

from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, made, translated
from stream.adapters.kafka.mock import is_mock
from stream.adapters.kafka.refusal import Refusal
from stream.adapters.kafka.rights import lacking
from stream.core.errors import Misconfigured, SluiceError, Unavailable
from stream.core.rights import Rights
from stream.core.topic_faults import ClusterFacts, Fault, Needs, TopicFacts, faults
from stream.core.topics import SPECS, Topic, TopicNames


class Created(Struct, frozen=True):
    """What came of creating the topics, by full name."""

    made: tuple[str, ...]
    existed: tuple[str, ...]


class TopicAdmin:
    """Looks at and makes the topics of one installation.

    Args:
        connection: the cluster.
        names: the topics' names on it.
        timeout: seconds to wait for each of the broker's answers.
    """

    def __init__(self, connection: Connection, names: TopicNames, timeout: float = 10.0) -> None:
        self._connection = connection
        self._names = names
        self._timeout = timeout
        self._settings = connection.as_librdkafka()
        self._refusal = Refusal(connection)
        self._client = made(AdminClient, {**self._settings, "error_cb": self._refusal.heard})

    def create(self, partitions: int, replication: int) -> Created:
        """Make the topics that are not there, all or (where one of them exists otherwise) none.

        Raises:
            Misconfigured: one exists with another number of partitions, or the brokers refuse.
            Unavailable: no answer.
        """
        metadata = self._metadata()
        existing = sorted(self._all() & set(metadata.topics))
        missing = sorted(self._all() - set(existing))
        if is_mock(metadata):
            self._call_into_being(missing)
        else:
            self._check_partitions(metadata, partitions)
            self._make(missing, partitions, replication, len(metadata.brokers))
            self._check_partitions(self._metadata_with_all(), partitions)
        return Created(tuple(missing), tuple(existing))

    def faults(self, needs: Needs) -> list[Fault]:
        """Everything that is wrong with the topics and brokers, the grave first; nothing on the mock.

        Raises:
            Unavailable: no answer.
        """
        metadata = self._metadata()
        return [] if is_mock(metadata) else faults(self._facts(metadata), self._names, needs)

    def require(self, needs: Needs, rights: Rights | None = None) -> list[Fault]:
        """See at a process's start that the topics will do, and that it has its rights; returns the hints.

        Raises:
            Misconfigured: they will not; the text lists every right that is lacking, or every grave fault,
                and how to mend it.
            Unavailable: no answer.
        """
        metadata = self._metadata()
        if is_mock(metadata):
            self._call_into_being(sorted(self._all() - set(metadata.topics)))
            return []
        if rights is not None:
            self._check_rights(rights)
        found = faults(self._facts(metadata), self._names, needs)
        grave = [fault for fault in found if fault.grave]
        if grave:
            told = "\n  ".join(map(str, grave))
            raise Misconfigured(f"The topics will not do:\n  {told}")
        return found

    def retention(self, topics: Iterable[Topic]) -> dict[Topic, int | None]:
        """How long each topic keeps its records, in ms, -1 for ever; None where this client may not know.

        Raises:
            Unavailable: no answer.
        """
        asked = {self._names.of(topic): topic for topic in topics}
        if is_mock(self._metadata()):
            return dict.fromkeys(asked.values())
        settings = self._settings_of(ConfigResource.Type.TOPIC, list(asked))
        told = {topic: settings[name].get("retention.ms") for name, topic in asked.items()}
        return {topic: None if kept is None else int(kept) for topic, kept in told.items()}

    def answers(self) -> bool:
        """Whether the brokers answer now."""
        try:
            self._metadata()
        except SluiceError:
            return False
        return True

    def _check_rights(self, rights: Rights) -> None:
        missing = lacking(self._client, rights, self._names, self._timeout)
        if missing:
            user = self._connection.sasl.username if self._connection.sasl else "this client"
            raise Misconfigured(
                f"{self._connection.bootstrap} does not let {user} {', '.join(missing)}. Give it these "
                "rights: docs/install.md lists what each process needs"
            )

    def _all(self) -> set[str]:
        return {self._names.of(topic) for topic in Topic}

    def _metadata(self) -> Any:  # noqa: ANN401 - confluent-kafka's ClusterMetadata
        try:
            answer = self._client.list_topics(timeout=self._timeout)
        except KafkaException as raised:
            self._client.poll(0)  # hands on what was said beside the answer
            self._refusal.check()
            raise self._unanswered(raised, "asking for the topics") from raised
        self._refusal.forget()
        return answer

    def _metadata_with_all(self) -> Any:  # noqa: ANN401 - as above
        """Wait until the brokers know of every topic: a moment after they said that it was created."""
        end = time.monotonic() + self._timeout
        while self._all() - set((metadata := self._metadata()).topics):
            if time.monotonic() > end:
                raise Unavailable(f"not all topics appeared within {self._timeout:g} s of being created")
            time.sleep(0.05)
        return metadata

    def _check_partitions(self, metadata: Any, partitions: int) -> None:  # noqa: ANN401 - as above
        counts = {name: len(metadata.topics[name].partitions) for name in self._all() & set(metadata.topics)}
        other = [f"{name} ({count})" for name, count in sorted(counts.items()) if count != partitions]
        if other:
            raise Misconfigured(
                f"topics.partitions is {partitions}, but there are topics with another number: "
                f"{', '.join(other)}. Every topic must have the same: set topics.partitions to it, "
                "or use a new topics.prefix"
            )

    def _unanswered(self, raised: KafkaException, doing: str) -> SluiceError:
        error = translated(kafka_error(raised), f"{doing} at {self._connection.bootstrap}")
        if not isinstance(error, Unavailable):
            return error
        return Unavailable(f"{error}. Is a broker there, and kafka.bootstrap_servers right?")

    def _make(self, missing: list[str], partitions: int, replication: int, brokers: int) -> None:
        if missing and replication > brokers:
            raise Misconfigured(
                f"topics.replication is {replication}, but {self._connection.bootstrap} has "
                f"{brokers} broker{'s' * (brokers > 1)}: set topics.replication = {brokers}"
            )
        specs = {self._names.of(topic): spec for topic, spec in SPECS.items()}
        in_sync = str(max(1, min(2, replication - 1)))
        wanted = [
            NewTopic(
                name,
                partitions,
                replication,
                config=specs[name].settings() | {"min.insync.replicas": in_sync},
            )
            for name in missing
        ]
        if not wanted:
            return
        for name, answer in self._client.create_topics(wanted, request_timeout=self._timeout).items():
            try:
                answer.result()
            except KafkaException as raised:
                # Somebody else may be doing the same at this moment.
                if kafka_error(raised).code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise self._unanswered(raised, f"creating topic {name}") from raised

    def _call_into_being(self, names: Iterable[str]) -> None:
        client = Producer(self._settings)
        for name in names:
            client.list_topics(topic=name, timeout=self._timeout)

    def _facts(self, metadata: Any) -> ClusterFacts:  # noqa: ANN401 - as above
        present = sorted(self._all() & set(metadata.topics))
        settings = self._settings_of(ConfigResource.Type.TOPIC, present)
        a_broker = str(next(iter(metadata.brokers)))
        return ClusterFacts(
            self._connection.bootstrap,
            len(metadata.brokers),
            {
                name: TopicFacts(
                    len(metadata.topics[name].partitions),
                    min(len(one.replicas) for one in metadata.topics[name].partitions.values()),
                    settings[name],
                )
                for name in present
            },
            self._settings_of(ConfigResource.Type.BROKER, [a_broker])[a_broker],
        )

    def _settings_of(self, kind: Any, names: list[str]) -> dict[str, dict[str, str]]:  # noqa: ANN401 - an enum without types
        """Settings by resource name; empty where this client may not read them."""
        found: dict[str, dict[str, str]] = {name: {} for name in names}
        if not names:
            return found
        resources = [ConfigResource(kind, name) for name in names]
        for resource, answer in self._client.describe_configs(
            resources, request_timeout=self._timeout
        ).items():
            try:
                entries = answer.result()
            except KafkaException:
                continue
            found[resource.name] = {
                name: entry.value for name, entry in entries.items() if entry.value is not None
            }
        return found
