"""The state's bytes: they come back as they were, wake in time, and stay small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import DecodeError, msgpack, to_builtins

from stream.core.errors import Unreadable
from stream.core.fields import MAX_TEXT
from stream.core.state import (
    MAX_DECIDERS,
    MAX_OLDER,
    MAX_REPORTERS,
    ContentState,
    OlderCase,
    OpenCase,
    decode_state,
    encode_state,
    head_of,
    wake_of,
)
from stream.core.step import DAY
from stream.core.terms import Decision, Effect, Effort, Origin, Stage

times = st.integers(0, 253_402_300_799_999)
versions = st.integers(0, 9_007_199_254_740_991)
digests = st.none() | st.binary(min_size=32, max_size=32)
offsets = st.integers(-1, 2**63 - 1)
sizes = st.integers(0, 4 * MAX_TEXT)
names = st.tuples(st.text(min_size=1, max_size=128)) | st.just(())
cases = st.builds(
    OpenCase,
    id=st.from_regex(r"[co][0-9]{1,3}-[0-9]{1,19}", fullmatch=True),
    effect=st.sampled_from(Effect),
    origin=st.sampled_from(Origin),
    stage=st.sampled_from(Stage),
    opened_at=times,
    due=times,
    effort=st.sampled_from(Effort),
    person_final=st.booleans(),
    overdue=st.integers(0, 1_000),
    urgent=st.booleans(),
    removable=st.booleans(),
)
older_cases = st.builds(
    OlderCase,
    case=cases,
    version=versions,
    digest=digests,
    offset=offsets,
    reports=st.integers(0, 10_000),
    deciders=names,
    size=sizes,
)
states = st.builds(
    ContentState,
    version=versions,
    digest=digests,
    offset=offsets,
    decision=st.sampled_from(Decision),
    changed_at=times,
    case=st.none() | cases,
    older=st.lists(older_cases, max_size=MAX_OLDER).map(tuple),
    deciders=names,
    reports=st.integers(0, 10_000),
    reporters=st.binary(max_size=4 * MAX_REPORTERS),
    final=st.booleans(),
    size=sizes,
    restricted=st.booleans(),
)


@given(states, st.integers(0, 400 * DAY))
def test_bytes_come_back_as_they_were_and_tell_when_to_wake(state: ContentState, retention: int) -> None:
    data = encode_state(state, retention)
    assert decode_state(data) == state
    assert head_of(data)[0] == wake_of(state, retention)


@given(states)
def test_bytes_tell_since_when_a_machine_alone_keeps_a_version_hidden(state: ContentState) -> None:
    case = state.case
    hides = case is not None and case.effect is Effect.HIDE and case.stage is Stage.AUTOMATIC
    assert head_of(encode_state(state, DAY))[1] == (case.opened_at if case is not None and hides else 0)


@given(states)
def test_the_gate_wakes_for_the_earliest_deadline_and_for_retention_only_if_nothing_is_open(
    state: ContentState,
) -> None:
    dues = [older.case.due for older in state.older] + ([state.case.due] if state.case else [])
    kept = 365 * DAY if state.restricted else 7 * DAY
    assert wake_of(state, 7 * DAY) == (min(dues) if dues else state.changed_at + kept)


@given(states)
def test_bytes_tell_how_much_text_waits_for_machines(state: ContentState) -> None:
    # Given any state: each version with an open case that no person was asked about counts once
    waiting = [state.size] if state.case is not None and state.case.stage is Stage.AUTOMATIC else []
    waiting += [older.size for older in state.older if older.case.stage is Stage.AUTOMATIC]
    # Then the head has their sum, also where every version is as long as may be
    assert head_of(encode_state(state, DAY))[2] == sum(waiting)


def test_what_a_gate_before_lanes_wrote_is_read_as_neither_urgent_nor_restricted() -> None:
    # Given an entry as format 1 has it: the same, without the last fields of the case and of the state
    case = OpenCase("c11-1", Effect.HIDE, Origin.PUBLISH, Stage.AUTOMATIC, 5, 10)
    state = ContentState(1, b"d" * 32, 7, Decision.HOLD, 5, case, size=3)
    fields = to_builtins(state, builtin_types=(bytes,))
    fields[5] = fields[5][:-2]
    data = b"\x01" + encode_state(state, DAY)[1:21] + msgpack.encode(fields[:-1])
    # Then its head and its fields are what they were
    assert head_of(data) == (10, 5, 3)
    assert decode_state(data) == state


def test_what_a_gate_before_time_outs_wrote_is_removed_by_no_time() -> None:
    case = OpenCase("c11-1", Effect.HIDE, Origin.PUBLISH, Stage.PEOPLE, 5, 10, person_final=True)
    state = ContentState(1, b"d" * 32, 7, Decision.HOLD, 5, case, size=3)
    fields = to_builtins(state, builtin_types=(bytes,))
    fields[5] = fields[5][:-1]
    data = encode_state(state, DAY)[:21] + msgpack.encode(fields)
    assert decode_state(data) == state
    assert case.removable is False


@pytest.mark.parametrize("data", [b"", b"\x01" * 21, b"\x01" * 21 + b"\x93\x01\x02\x03"])
def test_other_bytes_are_no_state(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode_state(data)


@pytest.mark.parametrize(
    "data", [b"", b"\x01" * 20, b"\x03" * 40, b"\x00" * 16 + b"\x93\x01\x02\x03\x04\x05\x06"]
)
def test_a_head_of_another_format_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="another format"):
        head_of(data)


def test_an_ordinary_entry_takes_about_a_hundred_bytes_and_the_fullest_a_few_kilobytes() -> None:
    case = OpenCase("c11-123456789", Effect.HIDE, Origin.PUBLISH, Stage.AUTOMATIC, 10**12, 10**12)
    settled = ContentState(1, b"d" * 32, 123_456_789, Decision.RELEASE, 10**12)
    assert len(encode_state(settled, DAY)) <= 90
    held = ContentState(1, b"d" * 32, 123_456_789, Decision.HOLD, 10**12, case)
    assert len(encode_state(held, DAY)) <= 160
    people = tuple("x" * 127 + str(number) for number in range(MAX_DECIDERS))
    fullest = ContentState(
        version=9_007_199_254_740_991,
        digest=b"d" * 32,
        offset=2**63 - 1,
        decision=Decision.RELEASE,
        changed_at=10**12,
        case=case,
        older=(OlderCase(case, 9_007_199_254_740_991, b"d" * 32, 2**63 - 1, 10_000, people),) * MAX_OLDER,
        deciders=people,
        reports=10_000,
        reporters=b"r" * 4 * MAX_REPORTERS,
    )
    assert len(encode_state(fullest, DAY)) <= 4_000
