"""What `control` says: the last of each key, in any interleaving, before and after compaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.core.control import ControlEvent, Paused, PausedAction, key_of
from stream.core.control.state import ControlState, applied
from stream.core.errors import Misrouted, Unreadable
from stream.core.wire import encode
from tests.unit.control.told import Written, pause, promoted, rules, withdrawn, written

PARTITIONS = 3
NAMES = st.one_of(st.none(), st.sampled_from(["spam", "hate/local", "local"]))
PAUSES = st.builds(pause, st.sampled_from(PausedAction), NAMES, NAMES, st.sampled_from(["", "why"]))
RULES = st.builds(rules, st.sampled_from(["a.toml", "b.toml"]), st.text(max_size=3))
SETS = st.sampled_from([promoted("demo"), promoted("default")])
EVENTS: st.SearchStrategy[ControlEvent] = st.one_of(PAUSES, RULES, SETS)
WRITTEN = st.one_of(EVENTS.map(written), EVENTS.map(withdrawn))


def fold(records: list[Written]) -> ControlState:
    state = ControlState()
    for record in records:
        state = applied(state, record.key.encode(), record.value)
    return state


def compacted(records: list[Written]) -> list[Written]:
    """What a log keeps for ever: the last of each key, and no tombstone."""
    last = {record.key: place for place, record in enumerate(records)}
    return [one for place, one in enumerate(records) if last[one.key] == place and one.value is not None]


@given(st.lists(WRITTEN, max_size=30), st.data())
def test_any_interleaving_of_the_partitions_gives_the_same_state(
    records: list[Written], data: st.DataObject
) -> None:
    # Given records that lie where their keys put them
    logs = [[one for one in records if one.partition(PARTITIONS) == n] for n in range(PARTITIONS)]
    # When the partitions are read beside each other, in any way
    read: list[Written] = []
    while any(logs):
        read.append(data.draw(st.sampled_from([log for log in logs if log])).pop(0))
    # Then what they say is the same
    assert fold(read) == fold(records)


@given(st.lists(WRITTEN, max_size=30), st.integers(0, 30))
def test_what_compaction_leaves_says_the_same(records: list[Written], upto: int) -> None:
    assert fold(compacted(records[:upto]) + records[upto:]) == fold(records)


@given(EVENTS, EVENTS)
def test_two_events_share_a_key_only_where_one_replaces_the_other(
    one: ControlEvent, other: ControlEvent
) -> None:
    same = key_of(one) == key_of(other)
    if isinstance(one, Paused) and isinstance(other, Paused):
        scopes = [(event.action, event.policy, event.surface) for event in (one, other)]
        assert same == (scopes[0] == scopes[1])
    elif type(one) is not type(other):
        assert not same


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (b"set", b"nonsense"),
        (b"set", b'{"type":"verdict.v1"}'),
        (b"set", b'{"type":"control.set-promoted.v1","name":"x"}'),
        (None, b"\xff"),
    ],
)
def test_what_is_no_event_of_control_is_refused_and_changes_nothing(key: bytes | None, value: bytes) -> None:
    with pytest.raises(Unreadable):
        applied(ControlState(), key, value)


@pytest.mark.parametrize("key", [None, b"", b"pause:remove:*:x", b"\xff"])
def test_an_event_under_another_key_is_refused_since_compaction_could_keep_the_wrong_one(
    key: bytes | None,
) -> None:
    with pytest.raises(Misrouted, match=r"must be 'pause:remove:\*:\*'"):
        applied(ControlState(), key, encode(pause()))


def test_a_tombstone_of_what_nobody_told_changes_nothing() -> None:
    assert applied(ControlState(), b"rules:none.toml", None) == ControlState()
    assert applied(ControlState(), None, None) == ControlState()
