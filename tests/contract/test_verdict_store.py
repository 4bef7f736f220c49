"""One suite for every place where a reader may keep its verdicts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream.client import LastRecord, MemoryVerdicts, SqliteVerdicts, VerdictStore

LOG = "a-cluster/verdicts"


def _sqlite(folder: Path) -> VerdictStore:
    return SqliteVerdicts(folder / "verdicts.db")


MAKERS: dict[str, Callable[[Path], VerdictStore]] = {"memory": lambda _: MemoryVerdicts(), "sqlite": _sqlite}


@pytest.fixture(params=MAKERS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VerdictStore]:
    made = MAKERS[request.param](tmp_path)
    assert made.open(LOG) == {}
    yield made
    made.close()


def _record(value: bytes | None = b"{}", partition: int = 0, written: int = 1_000) -> LastRecord:
    return LastRecord(partition, written, value)


def _ids(store: VerdictStore, mark: int = 0) -> list[str]:
    return [content_id for _, content_id in store.changed_since(mark, 1_000)]


def test_the_last_record_of_an_id_is_kept(store: VerdictStore) -> None:
    # Given two records of one id, one of another
    store.apply([("a", _record(b"1")), ("b", _record(b"2")), ("a", _record(b"3"))], {0: 3})
    # Then the last of each is there
    assert store.get("a") == _record(b"3")
    assert store.get("b") == _record(b"2")
    assert store.get("c") is None


def test_a_tombstone_is_kept_as_what_it_is(store: VerdictStore) -> None:
    store.apply([("a", _record(b"1")), ("a", _record(None))], {0: 2})
    assert store.get("a") == _record(None)


def test_positions_of_other_partitions_stay_where_they_are(store: VerdictStore) -> None:
    # Given positions of two partitions
    store.apply([], {0: 5, 1: 7})
    # When one moves on
    store.apply([], {1: 9})
    # Then the store opens with both
    assert store.open(LOG) == {0: 5, 1: 9}


def test_another_log_is_begun_with_nothing(store: VerdictStore) -> None:
    # Given a store of one log
    store.apply([("a", _record())], {0: 5})
    # When it is opened for another
    positions = store.open("another-cluster/verdicts")
    # Then nothing of the first is left, nor comes back
    assert (positions, store.get("a"), _ids(store)) == ({}, None, [])
    assert store.open(LOG) == {}


def test_of_two_partitions_records_the_later_one_counts(store: VerdictStore) -> None:
    # Given a record of partition 0
    store.apply([("a", _record(b"before", 0, 1_000))], {0: 1})
    # When one of another partition comes, older, then as old, and then the first partition's again, older
    store.apply([("a", _record(b"older", 5, 999))], {5: 1})
    assert store.get("a") == _record(b"before", 0, 1_000)
    store.apply([("a", _record(b"after", 5, 1_000))], {5: 2})
    store.apply([("a", _record(b"before again", 0, 999))], {0: 2})
    # Then the later one stands, whichever is read last
    assert store.get("a") == _record(b"after", 5, 1_000)


def test_within_a_partition_order_counts_and_not_the_clock(store: VerdictStore) -> None:
    store.apply([("a", _record(b"1", written=2_000)), ("a", _record(b"2", written=1_000))], {0: 2})
    assert store.get("a") == _record(b"2", written=1_000)


def test_changes_come_once_an_id_in_the_order_of_the_last_change(store: VerdictStore) -> None:
    store.apply([("a", _record()), ("b", _record()), ("c", _record())], {0: 3})
    store.apply([("a", _record())], {0: 4})
    assert _ids(store) == ["b", "c", "a"]


def test_changes_go_on_from_a_mark(store: VerdictStore) -> None:
    # Given the mark of a change
    store.apply([(content_id, _record()) for content_id in "abcde"], {0: 5})
    (_, first), (mark, second) = store.changed_since(0, 2)
    # When something changes that came before it, and something new comes
    store.apply([("a", _record()), ("f", _record())], {0: 7})
    # Then only what changed after it is told
    assert [first, second] == ["a", "b"]
    assert _ids(store, mark) == ["c", "d", "e", "a", "f"]


def test_a_record_that_does_not_count_is_no_change(store: VerdictStore) -> None:
    store.apply([("a", _record(b"1", 0, 1_000))], {0: 1})
    ((mark, _),) = store.changed_since(0, 10)
    store.apply([("a", _record(b"2", 5, 999))], {5: 1})
    assert _ids(store, mark) == []


def test_marks_given_before_a_store_was_cleared_lie_before_those_after(store: VerdictStore) -> None:
    # Given the mark of a change, and a store that is then cleared
    store.apply([("a", _record())], {0: 1})
    ((mark, _),) = store.changed_since(0, 10)
    store.clear()
    assert (store.open(LOG), store.get("a"), _ids(store)) == ({}, None, [])
    # When the log is read again
    store.apply([("a", _record())], {0: 1})
    # Then that is a change after the mark
    assert _ids(store, mark) == ["a"]


@pytest.mark.parametrize("kind", MAKERS)
def test_marks_given_by_a_store_that_is_gone_lie_before_its_successors(kind: str, tmp_path: Path) -> None:
    # Given the last mark of a store that was deleted
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old = MAKERS[kind](tmp_path / "old")
    old.apply([("a", _record())], {0: 1})
    ((mark, _),) = old.changed_since(0, 10)
    old.close()
    # When a new one reads the log
    new = MAKERS[kind](tmp_path / "new")
    new.apply([("a", _record())], {0: 1})
    # Then whoever goes on from that mark is told of everything
    assert _ids(new, mark) == ["a"]
    new.close()


def test_a_closed_store_knows_nothing(store: VerdictStore) -> None:
    store.apply([("a", _record())], {0: 1})
    store.close()
    store.close()
    assert store.get("a") is None


records = st.tuples(
    st.sampled_from("abc"),
    st.builds(LastRecord, st.integers(0, 1), st.integers(0, 3), st.binary(max_size=1) | st.none()),
)
batches = st.lists(
    st.tuples(st.lists(records, max_size=4), st.dictionaries(st.integers(0, 1), st.integers(1, 9)))
)


@pytest.mark.parametrize("kind", MAKERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=batches, reopened=st.booleans())
def test_any_batches_leave_what_a_plain_fold_leaves(
    kind: str,
    batches: list[tuple[list[tuple[str, LastRecord]], dict[int, int]]],
    reopened: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    # Given any batches, folded by hand
    folder = tmp_path_factory.mktemp("store")
    store = MAKERS[kind](folder)
    store.open(LOG)
    last: dict[str, LastRecord] = {}
    positions: dict[int, int] = {}
    for rows, moved in batches:
        store.apply(rows, moved)
        positions |= moved
        for content_id, record in rows:
            known = last.get(content_id)
            if known is None or known.partition == record.partition or known.written <= record.written:
                last.pop(content_id, None)
                last[content_id] = record
    # When the store is opened again, where it outlives its process
    if reopened and kind == "sqlite":
        store.close()
        store = MAKERS[kind](folder)
    # Then it holds the same, in the same order of change
    assert store.open(LOG) == positions
    assert {content_id: store.get(content_id) for content_id in "abc"} == {
        content_id: last.get(content_id) for content_id in "abc"
    }
    assert _ids(store) == list(last)
    store.close()
