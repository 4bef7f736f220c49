"""The contract's bytes: what is sent is read back as it was, and what breaks a bound is not read at all."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.json import decode

from stream.core.audit import CaseJudged
from stream.core.case import Case, ReviewClosed, RoutedCase
from stream.core.content import ContentEvent, Deleted, Published
from stream.core.dead_letter import DeadLetter
from stream.core.errors import Unreadable
from stream.core.fields import MAX_TEXT, MAX_THREAD
from stream.core.outcome import Outcome
from stream.core.verdict import Verdict
from stream.core.wire import (
    encode,
    headers_of,
    read_case,
    read_content,
    read_dead_letter,
    read_outcome,
    read_review,
    read_routed,
    read_verdict,
)
from stream.ops.schemas.catalogue import EVENTS, type_of
from stream.ops.schemas.examples import EXAMPLES
from tests.unit.event_strategies import events

POST: dict[str, Any] = {
    "type": "content.published.v1",
    "id": "post-1",
    "version": 1,
    "at": 0,
    "text": "Hello",
}


@pytest.mark.parametrize("kind", EVENTS, ids=type_of)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_event_is_read_back_as_it_was(kind: type[Struct], data: st.DataObject) -> None:
    event = data.draw(events(kind))
    assert decode(encode(event), type=kind) == event


READERS = {
    Published: read_content,
    Deleted: read_content,
    Outcome: read_outcome,
    Case: read_case,
    RoutedCase: read_routed,
    Verdict: read_verdict,
    ReviewClosed: read_review,
    DeadLetter: read_dead_letter,
}


@pytest.mark.parametrize("kind", READERS, ids=type_of)
def test_each_topics_reader_reads_its_events_and_no_others(kind: type[Struct]) -> None:
    # Given an event of this topic, and one that never lies there
    right = EXAMPLES[kind][0]
    wrong = EXAMPLES[CaseJudged][0]
    # Then the first is read and the second refused
    assert READERS[kind](encode(right)) == right
    with pytest.raises(Unreadable):
        READERS[kind](encode(wrong))


def _with(**changes: object) -> bytes:
    return encode({**POST, **changes})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="a tombstone"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'{"type": "content.published.v1", "id": "\xff"}', id="a text that is not UTF-8"),
        pytest.param(b"{" * 100_000, id="a broken nest"),
        pytest.param(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="a nest too deep"),
        pytest.param(b"[]", id="not an object"),
        pytest.param(_with(type="content.published.v9"), id="an unknown type"),
        pytest.param(encode({"id": "post-1"}), id="no type"),
        pytest.param(encode({key: POST[key] for key in POST if key != "text"}), id="a field missing"),
        pytest.param(_with(version="1"), id="a number as text"),
        pytest.param(_with(version=1.5), id="half a version"),
    ],
)
def test_what_is_no_event_is_unreadable(value: bytes | None) -> None:
    with pytest.raises(Unreadable) as error:
        read_content(value)
    assert len(str(error.value)) <= 500


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "a"},
        {"id": "A9._~:/@+=%#-"},
        {"id": "x" * 200},
        {"version": 1},
        {"version": 9_007_199_254_740_991},
        {"at": 253_402_300_799_999},
        {"text": ""},
        {"text": "\U0001f6b2" * MAX_TEXT},
        {"language": "pt-BR"},
        {"jurisdiction": "US-CA"},
        {"author": "x"},
        {"thread": [{"text": "x" * 4_096}] * MAX_THREAD},
        {"signals": [{"kind": "account.age-days", "source": "accounts", "value": 3}] * 64},
        {"added_later": [1, 2, 3]},
    ],
    ids=str.__call__,
)
def test_the_last_value_within_each_bound_is_read(changes: dict[str, object]) -> None:
    assert read_content(_with(**changes)).id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("id", "-starts-with-a-dash"),
        ("id", "has a space"),
        ("id", "a last newline\n"),
        ("id", "post-1\n"),
        ("id", "x" * 201),
        ("id", "naïve"),
        ("version", 0),
        ("version", 9_007_199_254_740_992),
        ("at", -1),
        ("at", 253_402_300_800_000),
        ("text", "x" * (MAX_TEXT + 1)),
        ("surface", "Upper"),
        ("surface", "x" * 129),
        ("language", "english!"),
        ("jurisdiction", "be"),
        ("jurisdiction", "BE\n"),
        ("author", ""),
        ("author", "x" * 129),
        ("thread", [{"text": "x" * 4_097}]),
        ("thread", [{"text": "x"}] * (MAX_THREAD + 1)),
        ("attachments", [{"digest": "sha256:" + "0" * 63, "media_type": "image/png"}]),
        ("attachments", [{"digest": "sha256:" + "0" * 64, "media_type": "image/png"}] * 33),
        ("signals", [{"kind": "x", "source": "y"}] * 65),
        ("signals", [{"kind": "x", "source": "y", "value": "x" * 4_097}]),
    ],
)
def test_the_first_value_beyond_a_bound_is_refused_by_the_fields_name(field: str, value: object) -> None:
    with pytest.raises(Unreadable) as error:
        read_content(_with(**{field: value}))
    assert f"`$.{field}" in str(error.value)


@pytest.mark.parametrize("field", ["type", "role", "digest"])
@pytest.mark.parametrize("planted", ["marker words", "marker - at `$.nowhere`", "marker'\n - at \n"])
def test_an_error_names_the_field_and_never_what_somebody_wrote_into_it(field: str, planted: str) -> None:
    # Given an appeal with words where none belong
    appeal = {"type": "content.appealed.v1", "id": "a", "version": 1, "at": 1, "appellant": "x"}
    # When it is refused
    with pytest.raises(Unreadable) as error:
        read_content(encode(appeal | {field: planted}))
    # Then the reason can be logged, and shown in a terminal
    assert "marker" not in str(error.value)
    assert str(error.value).endswith(f" - at `$.{field}`")


def test_an_event_carries_its_cloudevents_attributes() -> None:
    # Given a deletion
    event = Deleted(id="post-1", version=2, at=0)
    # Then its headers say what it is, whose, and which, once each
    assert dict(headers_of(event, "/shop", "e-17")) == {
        "ce_specversion": b"1.0",
        "ce_type": b"sluice.content.deleted.v1",
        "ce_source": b"/shop",
        "ce_id": b"e-17",
        "content-type": b"application/json",
    }


def test_two_writers_of_one_event_type_keep_their_own_source() -> None:
    event = Deleted(id="post-1", version=2, at=0)
    sources = [dict(headers_of(event, source, "e"))["ce_source"] for source in ("/a", "/b", "/a")]
    assert sources == [b"/a", b"/b", b"/a"]


def test_what_has_its_default_does_not_travel() -> None:
    # Given the smallest publication
    event: ContentEvent = Published(id="post-1", version=1, at=0, text="Hello")
    # Then only what it says is sent
    assert encode(event) == b'{"type":"content.published.v1","id":"post-1","version":1,"at":0,"text":"Hello"}'
