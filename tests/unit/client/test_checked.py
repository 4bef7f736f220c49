"""An event that breaks the contract never leaves the app, and the error says how to mend it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert

from stream.client import Attachment, InvalidEvent
from stream.client.checked import checked
from stream.core.content import Appealed, ContentEvent, Deleted, Edited, Published, Reported
from stream.core.wire import read_content
from tests.unit.event_strategies import events

KINDS = (Published, Edited, Deleted, Reported, Appealed)


def _post(**fields: object) -> Published:
    given: dict[str, Any] = {"id": "post-1", "version": 1, "at": 0, "text": "Hello", **fields}
    return Published(**given)


@settings(max_examples=50, deadline=None)
@given(st.one_of([events(kind) for kind in KINDS]))
def test_whatever_keeps_to_the_contract_passes_as_it_is(event: ContentEvent) -> None:
    assert read_content(checked(event)) == event


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": "a b"}, "content.published.v1 of 'a b': Expected `str` matching regex"),
        (
            {"id": "a b"},
            "id: The app's own id of one piece of content; also the key of every record about it.",
        ),
        ({"id": 17}, "content.published.v1 of '17': Expected `str`, got `int` - at `$.id`"),
        ({"version": 0}, "`$.version`. version: Grows with each edit; exact in JavaScript's numbers."),
        ({"at": -1}, "at: Milliseconds since 1970, UTC."),
        ({"text": "x" * 32_769}, "Expected `str` of length <= 32768 - at `$.text`."),
        ({"language": "English"}, "language: BCP 47 language tag."),
        ({"surface": None}, "Expected `str`, got `null` - at `$.surface`"),
        (
            {"attachments": [Attachment(digest="md5:1", media_type="image/png")]},
            "`$.attachments[0].digest`",
        ),
        ({"text": "half a pair: \ud83d"}, "half of a surrogate pair, which UTF-8 cannot carry. Replace it"),
        ({"text": object()}, "content.published.v1 of 'post-1': Encoding objects"),
    ],
)
def test_the_error_names_the_event_the_field_and_the_bound(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidEvent) as error:
        checked(_post(**fields))
    assert said in str(error.value)


def test_an_error_never_repeats_the_posts_text() -> None:
    with pytest.raises(InvalidEvent) as error:
        checked(_post(text="something private " * 3_000, author=""))
    assert "private" not in str(error.value)


def test_lists_are_taken_where_the_contract_has_arrays() -> None:
    # Given an event whose attachments are a list
    picture = Attachment(digest="sha256:" + "0" * 64, media_type="image/png")
    value = checked(_post(attachments=[picture]))
    # Then they travel, and come back as what the contract holds
    assert read_content(value) == _post(attachments=(picture,))


def test_an_event_from_plain_data_is_checked_the_same_way() -> None:
    event = convert({"type": "content.deleted.v1", "id": "post-1", "version": 3, "at": 0}, Deleted)
    assert read_content(checked(event)) == event
