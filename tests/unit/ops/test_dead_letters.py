"""Dead letters: which are meant, which may go back, and what is sent."""

import pytest
from msgspec.structs import replace

from stream.core.dead_letter import DeadLetter
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode
from stream.ops.dead_letters import (
    REPLAYED,
    Filed,
    Filter,
    found,
    made_whole,
    plan_of,
    replayed,
    why_not_replayed,
)
from stream.ports import Record

NAMES = TopicNames("eu.")
LETTER = DeadLetter(
    processor="gate", topic="eu.content", partition=1, offset=7, at=0, error="unreadable", detail="?",
    key=b"post-1", value=b"{}",
)  # fmt: skip
FILED = Filed(3, 1042, LETTER)


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(),
        Filter(processor="gate"),
        Filter(topic="content"),
        Filter(error="unreadable"),
        Filter(content_id="post-1"),
        Filter(names=("3-1042", "0-0")),
        Filter("gate", "content", "unreadable", "post-1", ("3-1042",)),
    ],
)
def test_a_letter_is_meant_by_what_it_is(wanted: Filter) -> None:
    assert wanted.takes(FILED, "eu.")


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(processor="judge"),
        Filter(topic="outcomes"),
        Filter(error="misrouted"),
        Filter(content_id="post-2"),
        Filter(names=("0-0",)),
        Filter(processor="gate", error="misrouted"),
    ],
)
def test_a_letter_is_not_meant_if_any_part_differs(wanted: Filter) -> None:
    assert not wanted.takes(FILED, "eu.")


def test_letters_are_found_among_records_and_other_bytes_passed_over() -> None:
    records = [
        Record("eu.dead-letters", 3, 1042, b"post-1", encode(LETTER)),
        Record("eu.dead-letters", 3, 1043, b"", b"?"),
    ]
    assert list(found(records, Filter(), NAMES)) == [FILED]


@pytest.mark.parametrize(
    ("letter", "said"),
    [
        (replace(LETTER, truncated=True), "truncated"),
        (replace(LETTER, value=None), "no value"),
        (replace(LETTER, value=None, withheld=True), "no longer has the record at eu.content/1-7"),
        (replace(LETTER, key=None), "no key"),
        (replace(LETTER, topic="us.content"), "no topic of this installation"),
    ],
)
def test_a_record_that_is_not_whole_or_not_ours_does_not_go_back(letter: DeadLetter, said: str) -> None:
    why = why_not_replayed(Filed(0, 0, letter), NAMES)
    assert why is not None
    assert said in why


def test_a_letter_whose_bytes_were_withheld_goes_back_with_those_of_its_record() -> None:
    # Given a letter that says only where its record lies
    withheld = Filed(3, 1042, replace(LETTER, key=None, value=None, withheld=True))
    original = Record("eu.content", 1, 7, b"post-1", b'{"type": "?"}')
    # When the record is still there, then it goes back whole; else the letter stays as it is
    sent = replayed(made_whole(withheld, original))
    assert (sent.topic, sent.key, sent.value) == ("eu.content", b"post-1", b'{"type": "?"}')
    assert made_whole(withheld, None) is withheld


def test_a_plan_says_of_each_letter_where_it_goes_or_why_not() -> None:
    plan = plan_of([FILED, Filed(0, 1, replace(LETTER, truncated=True))], NAMES)
    assert plan.topics == {"3-1042": "eu.content"}
    assert list(plan.refused) == ["0-1"]
    assert plan.names == {"3-1042", "0-1"}


def test_what_is_sent_is_the_record_as_it_was_to_the_partition_of_its_key() -> None:
    record = replayed(FILED)
    assert (record.topic, record.key, record.value) == (NAMES.of(Topic.CONTENT), b"post-1", b"{}")
    assert record.partition is None
    assert record.headers == ((REPLAYED, b"3-1042"),)
