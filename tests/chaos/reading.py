"""Reads what a run left in Kafka into `Evidence`."""

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition
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
                evidence.add_gate(record, decode(record.value or b"", type=Followed))
    for record in records(bootstrap, names.of(Topic.DEAD_LETTERS), partitions):
        evidence.add_dead(record, read_dead_letter(record.value).place[prefix:])
    return evidence


def records(bootstrap: str, topic: str, partitions: int) -> Iterator[Record]:
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
            "log_level": 0,
        }
    )
    try:
        for partition in range(partitions):
            consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING)])
            yield from _partition(consumer, topic, partition)
    finally:
        consumer.close()


def _partition(consumer: Consumer, topic: str, partition: int) -> Iterator[Record]:
    until = time.monotonic() + _PATIENCE
    while True:
        messages = consumer.consume(1_000, 1.0)
        if time.monotonic() > until:
            raise TimeoutError(f"{topic}/{partition}: no end within {_PATIENCE:.0f} s")
        for message in messages:
            error = message.error()
            if error is None:
                headers = tuple(message.headers() or ())
                yield Record(
                    topic,
                    partition,
                    message.offset() or 0,
                    message.key(),
                    message.value(),
                    headers=headers,  # type: ignore[arg-type]
                )
            elif error.code() == KafkaError._PARTITION_EOF:
                return
