"""Reads what a run left in Kafka into `Evidence`."""

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
from msgspec import Struct
from msgspec.json import decode

from stream.core.topics import Topic, TopicNames
from stream.core.wire import read_dead_letter, read_verdict
from stream.ports import Record
from tests.chaos.evidence import Evidence
from tests.chaos.watcher import Followed

WRITTEN_BESIDE_VERDICTS = (Topic.CASES_TRIAGE, Topic.CASES_REVIEW, Topic.NOTICES)
_PATIENCE = 60.0


def read_evidence(bootstrap: str, names: TopicNames, partitions: int) -> Evidence:
    """Everything that the checks look at, as a late `read_committed` reader finds it."""
    evidence = Evidence(partitions)
    prefix = len(names.prefix)
    for record in records(bootstrap, names.of(Topic.CONTENT), partitions):
        evidence.add_content(record)
    for record in records(bootstrap, names.of(Topic.OUTCOMES), partitions):
        evidence.add_outcome(record)
    for record in records(bootstrap, names.of(Topic.VERDICTS), partitions):
        evidence.add_verdict(record, read_verdict(record.value))
    for topic in (*WRITTEN_BESIDE_VERDICTS, Topic.AUDIT):
        for record in records(bootstrap, names.of(topic), partitions):
            if dict(record.headers)["ce_source"] == b"/sluice/gate":
                evidence.add_gate(record, read_gate(record))
    for record in records(bootstrap, names.of(Topic.DEAD_LETTERS), partitions):
        evidence.add_dead(record, read_dead_letter(record.value).place[prefix:])
    return evidence


def read_gate(record: Record) -> Struct:
    """A record of the gate, whatever its topic."""
    event: Struct = decode(record.value or b"", type=Followed)
    return event


def records(bootstrap: str, topic: str, partitions: int) -> list[Record]:
    """Every committed record of a topic, partition by partition in order.

    Raises:
        TimeoutError: the topic's end was not reached within 60 s.
    """
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": topic + "-reading",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 20,
            "log_level": 0,
        }
    )
    try:
        consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(partitions)])
        found = list(_to_the_ends(consumer, topic, set(range(partitions))))
    finally:
        consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def _to_the_ends(consumer: Consumer, topic: str, ahead: set[int]) -> Iterator[Record]:
    until = time.monotonic() + _PATIENCE
    while ahead:
        if time.monotonic() > until:
            raise TimeoutError(f"{topic}: no end of {ahead} within {_PATIENCE:.0f} s")
        for message in consumer.consume(1_000, 0.1):
            error, partition = message.error(), message.partition() or 0
            if error is None:
                headers = tuple(message.headers() or ())
                yield Record(
                    topic,
                    partition,
                    message.offset() or 0,
                    message.key(),
                    message.value(),
                    headers=headers,  # type: ignore[arg-type]  # sent as bytes, never None
                )
            elif error.code() == KafkaError._PARTITION_EOF:
                ahead.discard(partition)
