"""The life of one piece of content across the topics, as moments in order. Pure: the records come in."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from stream.core.dead_letter import DeadLetter
from stream.core.errors import Unreadable
from stream.core.ledger import ContentView
from stream.core.terms import Origin
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Notice, Verdict
from stream.core.wire import (
    read_audit,
    read_case,
    read_content,
    read_dead_letter,
    read_outcome,
    read_review,
    read_routed,
    read_verdict,
)
from stream.ports import Record

_HOUR = 3_600_000

_READERS: dict[Topic, Callable[[bytes], Any]] = {
    Topic.CONTENT: read_content,
    Topic.VERDICTS: read_verdict,
    Topic.CASES_TRIAGE: read_case,
    Topic.CASES_JUDGE: read_routed,
    Topic.CASES_JUDGE_PRIORITY: read_routed,
    Topic.CASES_JUDGE_URGENT: read_routed,
    Topic.OUTCOMES: read_outcome,
    Topic.CASES_REVIEW: read_review,
    Topic.NOTICES: Decoder(Notice).decode,
    Topic.AUDIT: read_audit,
    Topic.DEAD_LETTERS: read_dead_letter,
}

TOPICS = tuple(_READERS)
"""What is looked through, in the order of the flow; the gate's own state is not for readers, nor are
few people's tasks.
"""


class Moment(Struct, frozen=True):
    """One record about the content. `event` is None where the record cannot be read; `at` in ms."""

    at: int
    topic: Topic
    partition: int
    offset: int
    event: Any


def trace(content_id: str, records: Iterable[Record], names: TopicNames) -> list[Moment]:
    """Put what is about one content in order: by the records' own times, then along the flow.

    Args:
        content_id: whose life.
        records: of any of `TOPICS`, in any order; those about other content are left out.
        names: the topics' names on the cluster.
    """
    key = content_id.encode()
    topics = {names.of(topic): topic for topic in TOPICS}
    moments = []
    for record in records:
        topic = topics.get(record.topic)
        # A dead letter of a misrouted record may lie under any key; its own says whose it is.
        if topic is None or (record.key != key and topic is not Topic.DEAD_LETTERS):
            continue
        event = _read(record, topic)
        if record.key == key or (isinstance(event, DeadLetter) and event.key == key):
            moments.append(Moment(record.timestamp, topic, record.partition, record.offset, event))
    return sorted(moments, key=lambda moment: (moment.at, TOPICS.index(moment.topic), moment.offset))


def begin_of(known: ContentView) -> int | None:
    """From when on (ms) the life of what the ledger knows is to be read; None for the whole of it.

    An hour before the ledger first heard of it. But the ledger forgets what is closed: an entry that an edit
    or a report has begun anew does not know the beginning.
    """
    if known.version is None or not any(case.origin is Origin.PUBLISH for case in known.cases):
        return None
    return min([case.opened_at for case in known.cases] + [past.at for past in known.past]) - _HOUR


def last_verdict(moments: Iterable[Moment]) -> Verdict | None:
    """What was last said about the content."""
    verdicts = [moment.event for moment in moments if isinstance(moment.event, Verdict)]
    return verdicts[-1] if verdicts else None


def is_restricted(moments: Iterable[Moment]) -> bool:
    """Whether anything that was said about the content makes it few people's."""
    return any(getattr(moment.event, "restricted", False) for moment in moments)


def _read(record: Record, topic: Topic) -> Any:  # noqa: ANN401 - any event of the contract
    try:
        return _READERS[topic](record.value or b"")
    except (Unreadable, ValueError):
        return None
