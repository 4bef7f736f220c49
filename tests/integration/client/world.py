"""A topic of verdicts, and the one writer that a gate would be."""

import time
from collections.abc import Callable, Iterable
from uuid import uuid4

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from stream.client import VerdictReader, VerdictStore, digest_of
from stream.core.terms import Decision, Stage
from stream.core.verdict import Verdict
from stream.core.wire import encode

PARTITIONS = 3
PATIENCE = 30.0


def text_of(content_id: str, version: int) -> str:
    """What the app would show."""
    return f"{content_id}, version {version}"


def verdict(content_id: str, version: int, decision: Decision) -> Verdict:
    """The gate's word about a version; its text is `text_of`."""
    digest = digest_of(text_of(content_id, version))
    stage = Stage.AUTOMATIC if decision is Decision.HOLD else None
    return Verdict(id=content_id, version=version, decision=decision, at=0, digest=digest, stage=stage)


def held(content_id: str, version: int = 1) -> Verdict:
    return verdict(content_id, version, Decision.HOLD)


def released(content_id: str, version: int = 1) -> Verdict:
    return verdict(content_id, version, Decision.RELEASE)


def removed(content_id: str, version: int = 1) -> Verdict:
    return verdict(content_id, version, Decision.REMOVE)


class World:
    """Topics of their own on a broker, and a transactional writer of verdicts."""

    def __init__(self, bootstrap: str, **topic_settings: str) -> None:
        self.settings: dict[str, str | int | float | bool] = {"bootstrap.servers": bootstrap}
        self.prefix = f"client-{uuid4().hex[:8]}."
        self.topic = self.prefix + "verdicts"
        self._admin = AdminClient(self.settings)
        self._topic_settings = topic_settings
        self.create_topics()
        self.writer = self.new_writer()

    def create_topics(self) -> None:
        topics = [
            NewTopic(self.prefix + "content", PARTITIONS, 1),
            NewTopic(self.topic, PARTITIONS, 1, config={"cleanup.policy": "compact", **self._topic_settings}),
        ]
        for future in self._admin.create_topics(topics).values():
            future.result(PATIENCE)

    def delete_topics(self) -> None:
        for future in self._admin.delete_topics([self.prefix + "content", self.topic]).values():
            future.result(PATIENCE)

    def grow(self, partitions: int) -> None:
        for future in self._admin.create_partitions([NewPartitions(self.topic, partitions)]).values():
            future.result(PATIENCE)

    def new_writer(self) -> Producer:
        identity = f"{self.prefix}gate"
        producer = Producer(
            {**self.settings, "transactional.id": identity, "partitioner": "murmur2_random", "linger.ms": 0}
        )
        producer.init_transactions(PATIENCE)
        return producer

    def begin(self, verdicts: Iterable[Verdict | tuple[str, bytes | None]]) -> None:
        """Write records and leave the transaction open; all of them have reached the broker."""
        self.writer.begin_transaction()
        for one in verdicts:
            content_id, value = (one.id, encode(one)) if isinstance(one, Verdict) else one
            self.writer.produce(self.topic, value, content_id.encode())
        assert self.writer.flush(PATIENCE) == 0

    def commit(self, *verdicts: Verdict | tuple[str, bytes | None]) -> None:
        self.begin(verdicts)
        self.writer.commit_transaction(PATIENCE)

    def abort(self, *verdicts: Verdict | tuple[str, bytes | None]) -> None:
        self.begin(verdicts)
        self.writer.abort_transaction(PATIENCE)

    def reader(self, store: VerdictStore | None = None, probe_seconds: float = 0.2) -> VerdictReader:
        return VerdictReader(self.settings, prefix=self.prefix, store=store, probe_seconds=probe_seconds)


def shown(reader: VerdictReader, content_id: str, version: int = 1) -> bool:
    """Whether the reader lets this version be shown."""
    return reader.shows(content_id, version, digest_of(text_of(content_id, version)))


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a condition, and fail where it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)
