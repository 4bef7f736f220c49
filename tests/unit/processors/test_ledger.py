"""The ledger's handling of one record: folded, passed over, or a dead letter."""

import pytest
from msgspec.json import decode

from stream.core.dead_letter import DeadLetter
from stream.core.ledger import Summary, decode_entry
from stream.core.murmur2 import partition_of
from stream.core.topics import TopicNames
from stream.core.wire import encode
from stream.ports import UNCHANGED, Record, Step
from stream.processors.ledger import Ledger
from tests.unit.ledger.lives import AT, closed, decided, hold, routed

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

    def reported(self, obstacle: str) -> None: ...

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


def test_what_was_over_long_ago_is_not_kept_when_a_ledger_begins_anew() -> None:
    # Given a ledger that begins two hours later, with an hour's retention
    desk = Desk()
    desk.now = AT + 2 * HOUR
    # When it reads an old release / Then it keeps nothing
    assert desk.take("verdicts", 1, decided()) == Step(UNCHANGED, ())
    # But an old hold is kept, until its release comes
    state = state_of(desk.take("verdicts", 1, hold()))
    state = state_of(desk.take("audit", 1, closed(), state))
    assert desk.take("verdicts", 2, decided(), state).state is None
