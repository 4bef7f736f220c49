"""A `read_committed` reader that follows the run: what it saw, in order, and what is still open."""

import threading
import time
from collections import defaultdict

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from msgspec import Struct
from msgspec.json import decode

from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.terms import Decision, Stage
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict

FOLLOWED = (Topic.VERDICTS, Topic.CASES_TRIAGE, Topic.CASES_REVIEW, Topic.AUDIT)


class _Judged(Struct, tag_field="type", tag="audit.case-judged.v1"):
    """The judge's audit record, of no interest here."""


class _Routed(Struct, tag_field="type", tag="audit.case-routed.v1"):
    """Triage's, neither."""


Followed = (
    Verdict | Case | ReviewTask | ReviewClosed | CaseClosed | OutcomeDropped | Notice | _Judged | _Routed
)


class Watcher(threading.Thread):
    """Follows the gate's topics from their beginning."""

    def __init__(self, bootstrap: str, names: TopicNames, partitions: int) -> None:
        super().__init__(name="watcher", daemon=True)
        self.verdicts: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self.last: dict[str, Verdict] = {}
        self.open: set[tuple[str, str]] = set()
        self.changed_at = time.monotonic()
        self._settled: set[tuple[str, str]] = set()
        self._verdicts_topic = names.of(Topic.VERDICTS)
        self._ended = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": names.of(Topic.VERDICTS) + "-watcher",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "fetch.wait.max.ms": 20,
                "log_level": 0,
            }
        )
        self._consumer.assign(
            [
                TopicPartition(names.of(topic), partition, OFFSET_BEGINNING)
                for topic in FOLLOWED
                for partition in range(partitions)
            ]
        )

    def run(self) -> None:
        """Read until `end`."""
        while not self._ended.is_set():
            for message in self._consumer.consume(500, 0.1):
                if message.error() is None:
                    value = message.value() or b""
                    if message.topic() == self._verdicts_topic:
                        self.verdicts[message.partition() or 0].append((message.offset() or 0, value))
                    self._note(decode(value, type=Followed))
        self._consumer.close()

    def end(self) -> None:
        """Stop reading."""
        self._ended.set()
        self.join()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came for three seconds."""
        return time.monotonic() - self.changed_at > 3

    @property
    def waits_for_machines(self) -> list[str]:
        """Ids whose last verdict is an automatic hold, and cases that nothing closed or gave to people."""
        held = [
            verdict.id
            for verdict in list(self.last.values())
            if verdict.decision is Decision.HOLD and verdict.stage is Stage.AUTOMATIC
        ]
        return held + [f"{content_id} {case}" for content_id, case in list(self.open)]

    @property
    def waiting_for_people(self) -> set[str]:
        """Ids whose last verdict is a hold that people are to end."""
        return {
            verdict.id
            for verdict in list(self.last.values())
            if verdict.decision is Decision.HOLD and verdict.stage is Stage.PEOPLE
        }

    def _note(self, event: Followed) -> None:
        self.changed_at = time.monotonic()
        if isinstance(event, Verdict):
            self.last[event.id] = event
        if isinstance(event, Case) and (event.id, event.case) not in self._settled:
            self.open.add((event.id, event.case))
        # Topics are read beside each other: a closing may be seen before its opening.
        if isinstance(event, CaseClosed | ReviewTask):
            self._settled.add((event.id, event.case))
            self.open.discard((event.id, event.case))
