"""Posts as people write them in files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.core.errors import Unreadable
from stream.core.wire import encode
from stream.ops.lines import event_of, events_of
from tests.unit.event_strategies import events


def test_a_bare_post_is_a_publication_of_version_one_now() -> None:
    assert event_of('{"id": "post-1", "text": "hello"}', 7) == Published(
        id="post-1", version=1, at=7, text="hello"
    )


def test_a_post_may_say_more() -> None:
    event = event_of('{"id": "p", "text": "x", "version": 3, "at": 5, "language": "de", "surface": "bio"}', 7)
    assert event == Published(id="p", version=3, at=5, text="x", language="de", surface="bio")


@given(st.one_of([events(kind) for kind in (Published, Edited, Deleted, Reported, Appealed)]))
def test_any_whole_event_is_itself(event: Published) -> None:
    assert event_of(encode(event), 7) == event


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nonsense", "not JSON: .* at column 1"),
        ("[]", "not a JSON object"),
        ('{"id": "post-1"}', "text"),
        ('{"id": "bad id", "text": "x"}', r"\$\.id"),
        ('{"type": "verdict.v1", "id": "post-1"}', "verdict.v1"),
        ('{"type": "content.deleted.v1", "id": "post-1"}', "version"),
    ],
)
def test_a_line_that_breaks_the_contract_is_told_with_what_breaks_it(line: str, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        event_of(line, 7)


def test_lines_keep_their_numbers_and_a_bad_one_spoils_no_other() -> None:
    lines = ['{"id": "a", "text": "x"}', "", "nonsense", '{"id": "b", "text": "y"}']
    found = list(events_of(lines, 7))
    assert [number for number, _ in found] == [1, 3, 4]
    assert isinstance(found[1][1], Unreadable)
