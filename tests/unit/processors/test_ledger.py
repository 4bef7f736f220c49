"""The ledger's handling of one record: folded, passed over, or a dead letter."""

from collections.abc import Mapping

import pytest
from msgspec.json import decode

from stream.core.dead_letter import DeadLetter
from stream.core.ledger import Summary, decode_entry
from stream.core.murmur2 import partition_of
from stream.core.topics import TopicNames
from stream.core.wire import encode
from stream.ports import UNCHANGED, Record, Step
from stream.processors.ledger import Ledger
from tests.unit.ledger.lives import AT, decided, hold, routed

PARTITIONS = 4
PLACE = partition_of(b"post-1", PARTITIONS)
HOUR = 3_600_000


class Heard:
    def __init__(self) -> None:
        self.topics: list[str] = []
        self.repeats = 0
        self.errors: list[str] = []

    def folded(self, topic: str) -> None:
        self.topics.append(topic)

    def repeated(self) -> None:
        self.repeats += 1

    def refused(self, error: str) -> None:
        self.errors.append(error)

    def reported(self, obstacle: str, behind: Mapping[str, int]) -> None: ...

    def counted(self, summary: Summary, seconds: float) -> None: ...


class Desk:
    def __init__(self) -> None:
        self.now = AT
        self.heard = Heard()
        self.ledger = Ledger(TopicNames("x."), PARTITIONS, HOUR, lambda: self.now, self.heard)

    def take(self, topic: str, offset: int, event: object, state: bytes | None = None) -> Step:
        value = event if isinstance(event, bytes | None) else encode(event)
        return self.ledger.handle(Record(f"x.{topic}", PLACE, offset, b"post-1", value), state)


def state_of(step: Step) -> bytes:
    assert isinstance(step.state, bytes)
    return step.state


def test_a_record_becomes_part_of_its_entry_once() -> None:
    desk = Desk()
    state = state_of(desk.take("verdicts", 5, hold()))
    assert decode_entry(state).standing is not None
    # When it is delivered again / Then nothing changes
    assert desk.take("verdicts", 5, hold(), state) == Step(UNCHANGED, ())
    # And another topic's record at that offset is another record
    assert decode_entry(state_of(desk.take("audit", 5, routed(), state))).cases[0].routed is not None
    assert desk.heard.topics == ["verdicts", "audit"]
    assert desk.heard.repeats == 1


@pytest.mark.parametrize(
    ("topic", "value", "error"),
    [
        ("verdicts", b"{", "unreadable"),
        ("verdicts", None, "unreadable"),
        ("verdicts", b'{"type":"verdict.v9","id":"post-1"}', "unreadable"),
        ("audit", encode(hold()), "unreadable"),
        ("cases.review", b"\xff\xfe", "unreadable"),
    ],
)
def test_what_cannot_be_read_is_a_dead_letter_without_its_bytes(
    topic: str, value: bytes | None, error: str
) -> None:
    desk = Desk()
    step = desk.take(topic, 9, value, b"as it was")
    (out,) = step.outputs
    letter = decode(out.value or b"", type=DeadLetter)
    assert step.state is UNCHANGED
    assert (out.topic, letter.processor, letter.error, letter.value) == (
        "x.dead-letters",
        "ledger",
        error,
        None,
    )
    assert (letter.topic, letter.partition, letter.offset) == (f"x.{topic}", PLACE, 9)
    assert desk.heard.errors == [error]


@pytest.mark.parametrize(("key", "partition"), [(b"post-2", PLACE), (None, PLACE), (b"post-1", PLACE ^ 1)])
def test_a_record_under_another_key_or_partition_changes_nothing(key: bytes | None, partition: int) -> None:
    desk = Desk()
    step = desk.ledger.handle(Record("x.verdicts", partition, 1, key, encode(hold())), None)
    assert step.state is UNCHANGED
    assert desk.heard.errors == ["misrouted"]


def test_a_ledger_that_reads_old_records_ends_nothing_before_everything_about_it_is_known() -> None:
    # Given a ledger that begins two days later, with an hour's retention
    desk = Desk()
    desk.now = AT + 48 * HOUR
    # When it reads an old release / Then its entry is kept
    entry = decode_entry(state_of(desk.take("verdicts", 1, decided())))
    # And over only once an hour has passed until which everything is known
    assert not desk.ledger.is_over(entry, 0)
    assert not desk.ledger.is_over(entry, entry.changed_at + HOUR)
    assert desk.ledger.is_over(entry, entry.changed_at + HOUR + 1)
