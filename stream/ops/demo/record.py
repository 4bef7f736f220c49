"""Reads verdicts, tasks and audit as they are written, into the demo's tally."""

import time
from types import TracebackType
from typing import Self

import msgspec

from stream.adapters.kafka import Connection
from stream.adapters.kafka.tail import Tail
from stream.core.audit import CaseJudged
from stream.core.canary import is_canary
from stream.core.case import ReviewClosed, ReviewTask
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import AuditEvent
from stream.ops.demo.tally import Tally
from stream.ports import Record

_WATCHED = (Topic.VERDICTS, Topic.CASES_REVIEW, Topic.CASES_REVIEW_RESTRICTED, Topic.AUDIT)
_QUIET_SECONDS = 1.0

_decode = msgspec.json.Decoder(Verdict | ReviewTask | ReviewClosed | AuditEvent).decode


class Recorder:
    """A `read_committed` reader of what an operator may watch.

    Args:
        bootstrap: the broker.
        names: the topics' names.
        tally: where it all goes.
        ignore: a content id that does not count.
    """

    def __init__(self, bootstrap: str, names: TopicNames, tally: Tally, ignore: str) -> None:
        self._tally = tally
        self._ignore = ignore
        self._heard_at = time.monotonic()
        connection = Connection(bootstrap=bootstrap, client="sluice-demo")
        self._tail = Tail(connection, [names.of(topic) for topic in _WATCHED])

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was written for a second."""
        return time.monotonic() - self._heard_at > _QUIET_SECONDS

    def read(self, seconds: float) -> None:
        """Take in whatever comes within so many seconds, each at the moment it was seen."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            records = self._tail.consume(500, left)
            seen_at = time.time_ns() // 1_000_000
            for record in records:
                self._heard_at = time.monotonic()
                self._take(record, seen_at)

    def _take(self, record: Record, seen_at: int) -> None:
        event = _decode(record.value or b"")
        if event.id == self._ignore or is_canary(event.id):
            return
        if isinstance(event, Verdict):
            self._tally.verdict(event, seen_at)
        elif isinstance(event, ReviewTask | ReviewClosed):
            self._tally.review(event)
        elif isinstance(event, CaseJudged):
            self._tally.judged(event)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tail.close()
