"""What no entry can hold: numbers, keys and entries beyond their bounds become dead letters."""

import pytest
from msgspec import to_builtins
from msgspec.json import decode
from msgspec.json import encode as to_json
from msgspec.structs import replace

from stream.core.dead_letter import DeadLetter
from stream.core.ledger import LedgerEvent, decode_entry
from stream.core.topics import SPECS, Topic
from stream.ports import UNCHANGED, Record, Step
from tests.unit.ledger.lives import AT, asked, decided, judged, routed
from tests.unit.processors.test_ledger import HOUR, PLACE, Desk

END_OF_9999 = 253_402_300_799_999
LONGEST_WORDS = 1_000 * "\N{CLAPPER BOARD}"
"""As long as a note may be, of the longest characters."""


def letter_of(step: Step) -> DeadLetter:
    (out,) = step.outputs
    return decode(out.value or b"", type=DeadLetter)


@pytest.mark.parametrize(
    ("topic", "event", "field"),
    [
        ("audit", judged(), ("usage", "prompt")),
        ("audit", judged(), ("usage", "cached")),
        ("audit", judged(), ("usage", "output")),
        ("cases.review", asked(), ("reports",)),
        ("cases.review", asked(), ("overdue",)),
    ],
)
@pytest.mark.parametrize("number", [2**64, -1])
def test_a_number_that_no_entry_can_hold_is_a_dead_letter(
    topic: str, event: LedgerEvent, field: tuple[str, ...], number: int
) -> None:
    # Given an event with one number beyond what an entry can hold
    written = to_builtins(event)
    inner = written
    for step in field[:-1]:
        inner = inner[step]
    inner[field[-1]] = number
    # When it is read / Then it is a dead letter
    assert letter_of(Desk().take(topic, 1, to_json(written))).error == "unreadable"


@pytest.mark.parametrize("field", ["policies", "clauses"])
def test_more_names_than_a_case_can_have_are_a_dead_letter(field: str) -> None:
    names = [f"policy-{number}/clause" for number in range(10_000)]
    topic, event = ("audit", judged()) if field == "policies" else ("verdicts", decided())
    step = Desk().take(topic, 1, to_json({**to_builtins(event), field: names}))
    assert letter_of(step).error == "unreadable"


def test_the_dead_letter_of_a_huge_key_is_small_and_says_that_it_was_cut() -> None:
    # Given a record whose key is as large as its topic takes
    step = Desk().ledger.handle(Record("x.audit", PLACE, 1, b"k" * 2_000_000, b"{"), None)
    # Then its dead letter carries the beginning of it
    (out,) = step.outputs
    letter = letter_of(step)
    assert len(out.key) + len(out.value or b"") < 10_000
    assert (letter.key, letter.truncated) == (out.key, True)


def test_an_entry_that_its_topic_cannot_take_stays_as_it_was() -> None:
    # Given a content with one case after another, none of which closes
    desk, state, offset = Desk(), b"", 0
    step = desk.take("audit", offset, routed())
    # When there is more to say about them than fits into one record
    while isinstance(step.state, bytes):
        state, offset = step.state, offset + 1
        long = replace(routed(case=f"c0-{offset}"), policies=32 * (128 * "p",), reason=LONGEST_WORDS)
        step = desk.take("audit", offset, long, state)
    # Then the record that no longer does is a dead letter, and the entry is what it was
    assert letter_of(step).error == "oversized"
    assert step.state is UNCHANGED
    assert desk.heard.errors == ["oversized"]
    assert len(desk.heard.topics) == offset
    assert 1_000_000 < len(state) < SPECS[Topic.LEDGER_STATE].max_bytes
    # And what is small enough is folded still
    assert isinstance(desk.take("verdicts", 0, decided(), state).state, bytes)


def test_a_time_ahead_of_the_clock_keeps_an_entry_no_longer_than_any_other() -> None:
    # Given a release that names the end of the year 9999
    desk = Desk()
    state = desk.take("verdicts", 1, decided(END_OF_9999)).state
    assert isinstance(state, bytes)
    # Then it may leave once its retention is over, counted from when it was read
    assert not desk.ledger.is_over(decode_entry(state), AT + HOUR)
    assert desk.ledger.is_over(decode_entry(state), AT + HOUR + 1)
