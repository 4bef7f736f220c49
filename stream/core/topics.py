"""The topics: their names, who may write them, and what the broker must be told about each.

Sizes grow along the flow: a case carries its content event and more, a dead letter any record in
base64, and `control` the whole text of a policy set. Retention of work outlasts the longest deadline, so
that no open case loses its record first.
"""

from enum import StrEnum

from msgspec import Struct

MEGABYTE = 1_048_576
DAY = 86_400_000
COMPACTION_LAG = 60_000
"""How long (ms) compaction lets a record stand: a reader that needs longer must read the ends again."""


class Topic(StrEnum):
    """Every topic, by the name that a prefix may be put before."""

    CONTENT = "content"
    VERDICTS = "verdicts"
    CASES_TRIAGE = "cases.triage"
    CASES_JUDGE = "cases.judge"
    CASES_JUDGE_PRIORITY = "cases.judge.priority"
    CASES_JUDGE_URGENT = "cases.judge.urgent"
    OUTCOMES = "outcomes"
    CASES_REVIEW = "cases.review"
    CASES_REVIEW_RESTRICTED = "cases.review.restricted"
    NOTICES = "notices"
    AUDIT = "audit"
    CONTROL = "control"
    GATE_STATE = "gate-state"
    LEDGER_STATE = "ledger-state"
    DEAD_LETTERS = "dead-letters"


class TopicSpec(Struct, frozen=True):
    """What a topic needs. `retention` in ms, -1 for ever; `max_bytes` a record, all overhead included."""

    topic: Topic
    max_bytes: int
    retention: int
    compacted: bool = False

    def settings(self) -> dict[str, str]:
        """The broker's own names for these settings (Apache Kafka, topic-level configuration)."""
        settings = {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "max.message.bytes": str(self.max_bytes),
            "retention.ms": str(self.retention),
        }
        if self.compacted:
            settings["min.compaction.lag.ms"] = str(COMPACTION_LAG)
        return settings


SPECS = {
    spec.topic: spec
    for spec in (
        TopicSpec(Topic.CONTENT, MEGABYTE, 7 * DAY),
        TopicSpec(Topic.VERDICTS, MEGABYTE, -1, compacted=True),
        TopicSpec(Topic.CASES_TRIAGE, 2 * MEGABYTE, 7 * DAY),
        TopicSpec(Topic.CASES_JUDGE, 2 * MEGABYTE, 7 * DAY),
        TopicSpec(Topic.CASES_JUDGE_PRIORITY, 2 * MEGABYTE, 7 * DAY),
        TopicSpec(Topic.CASES_JUDGE_URGENT, 2 * MEGABYTE, 7 * DAY),
        TopicSpec(Topic.OUTCOMES, MEGABYTE, 7 * DAY),
        TopicSpec(Topic.CASES_REVIEW, MEGABYTE, 30 * DAY),
        TopicSpec(Topic.CASES_REVIEW_RESTRICTED, MEGABYTE, 30 * DAY),
        TopicSpec(Topic.NOTICES, MEGABYTE, 30 * DAY),
        TopicSpec(Topic.AUDIT, 2 * MEGABYTE, 180 * DAY),
        TopicSpec(Topic.CONTROL, 4 * MEGABYTE, -1, compacted=True),
        TopicSpec(Topic.GATE_STATE, MEGABYTE, -1, compacted=True),
        TopicSpec(Topic.LEDGER_STATE, MEGABYTE, -1, compacted=True),
        TopicSpec(Topic.DEAD_LETTERS, 4 * MEGABYTE, 30 * DAY),
    )
}


class TopicNames(Struct, frozen=True):
    """The names on one cluster: a prefix lets several installations share it."""

    prefix: str = ""

    def of(self, topic: Topic) -> str:
        """The full name of a topic."""
        return self.prefix + topic.value
