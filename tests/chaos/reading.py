"""Reads what a run left in Kafka into `Evidence`."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.json import decode

from stream.core.topics import Topic, TopicNames
from stream.core.wire import read_dead_letter, read_verdict
from stream.ports import Record
from tests.chaos.evidence import Evidence
from tests.chaos.watcher import Followed
from tests.fleet.records import records

_AS_THEY_ARE: tuple[tuple[Topic, Callable[[Evidence, Record], None]], ...] = (
    (Topic.CONTENT, Evidence.add_content),
    (Topic.OUTCOMES, Evidence.add_outcome),
    (Topic.CASES_JUDGE, Evidence.add_routed),
    (Topic.CASES_JUDGE_PRIORITY, Evidence.add_routed),
    (Topic.CASES_JUDGE_URGENT, Evidence.add_routed),
    (Topic.GATE_STATE, Evidence.add_state),
)
WRITTEN_BESIDE_VERDICTS = (Topic.CASES_TRIAGE, Topic.CASES_REVIEW, Topic.NOTICES)


def read_evidence(bootstrap: str, names: TopicNames, partitions: int) -> Evidence:
    """Everything that the checks look at, as a late `read_committed` reader finds it."""
    evidence = Evidence(partitions)
    prefix = len(names.prefix)
    for topic, add in _AS_THEY_ARE:
        for record in records(bootstrap, names.of(topic), partitions):
            add(evidence, record)
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
