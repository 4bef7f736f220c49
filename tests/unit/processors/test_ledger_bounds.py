"""What no entry can hold: numbers, names and keys beyond their bounds become dead letters."""

import pytest
from msgspec import to_builtins
from msgspec.json import decode
from msgspec.json import encode as to_json

from stream.core.dead_letter import DeadLetter
from stream.core.ledger import LedgerEvent
from stream.ports import Record, Step
from tests.unit.ledger.lives import asked, decided, judged
from tests.unit.processors.test_ledger import PLACE, Desk


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
