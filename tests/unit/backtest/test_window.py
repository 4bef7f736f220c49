"""Which versions of a window are looked at: each once, or a draw that is fair and comes out the same."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from stream.adapters.answers import DiskTable
from stream.core.canary import CANARY_PREFIX
from stream.core.content import Deleted, Edited, Published, ThreadItem
from stream.core.wire import encode
from stream.ops.backtest.window import Version, Window, draw, versions
from stream.ports import Record

WINDOW = Window(begin=100, end=200)


def record(event: Struct | bytes, offset: int, at: int = 150) -> Record:
    value = event if isinstance(event, bytes) else encode(event)
    return Record("content", 0, offset, b"k", value, timestamp=at)


def post(name: str = "p", version: int = 1, text: str = "t", surface: str = "feed") -> Published:
    return Published(id=name, version=version, at=1, text=text, surface=surface)


def found(records: Iterable[Record], window: Window = WINDOW) -> list[Version]:
    return list(versions(records, window, DiskTable().is_new))


def test_every_version_counts_once_with_its_thread() -> None:
    """Given a post, a repeat, edits and other events, when they are read, then each version is there once."""
    thread = (ThreadItem(text="before"),)
    edited = Edited(id="p", version=2, at=2, text="new", thread=thread)
    records = [
        record(post(), 0),
        record(post(), 1),
        record(edited, 2),
        record(post(version=2, text="yet another text of it"), 3),
        record(Deleted(id="p", version=2, at=3), 4),
        record(b"{", 5),
        record(post(CANARY_PREFIX + "1"), 6),
        record(post("late"), 7, at=200),
        record(post("early"), 8, at=99),
    ]
    told = found(records)
    assert [(one.content.version, one.offset, one.case) for one in told] == [
        (1, 0, "c0-0"),
        (2, 2, "c0-2"),
        (2, 3, "c0-3"),
    ]
    assert told[1].content.thread == thread


def test_a_surface_can_be_asked_for() -> None:
    """Given posts of two surfaces, when one is asked for, then the others are left out."""
    records = [record(post("a"), 0), record(post("b", surface="chat"), 1)]
    window = Window(begin=100, end=200, surface="chat")
    assert [one.content.id for one in found(records, window)] == ["b"]


@given(st.integers(1, 60), st.integers(0, 60), st.binary(min_size=1, max_size=8))
def test_a_draw_has_the_size_asked_for_and_is_the_same_again(sample: int, count: int, key: bytes) -> None:
    """Given any window, when so many are drawn, then so many are taken, in a second reading the same."""
    records = [record(post(f"p{number}"), number) for number in range(count)]
    drawn = draw(found(records), sample, key)
    taken = [one for one in found(records) if drawn.takes(one)]
    assert len(taken) == drawn.taken == min(sample, count)
    assert drawn.posts == count
    assert [one for one in found(reversed(records)) if drawn.takes(one)] == taken[::-1]


def test_each_post_is_as_likely_as_any_other() -> None:
    """Given many keys, when a tenth is drawn with each, then no post is favoured."""
    told = found([record(post(f"p{number}"), number) for number in range(100)])
    counts = Counter[str]()
    for key in range(600):
        drawn = draw(told, 10, str(key).encode())
        counts.update(one.content.id for one in told if drawn.takes(one))
    assert min(counts.values()) > 30
    assert max(counts.values()) < 95


def test_without_a_sample_all_are_taken() -> None:
    """Given no sample, when drawn, then everything is."""
    told = found([record(post(f"p{number}"), number) for number in range(7)])
    drawn = draw(told, None, b"k")
    assert all(map(drawn.takes, told))
    assert (drawn.posts, drawn.taken) == (7, 7)


def test_a_window_is_told_with_its_days_and_in_which_zone_it_is() -> None:
    """Given a window of two days, when it is told, then both days are, wherever the machine stands."""
    shown = Window(begin=1_795_000_000_000, end=1_795_100_000_000, surface="feed").shown
    assert shown == "2026-11-18 11:06:40 to 2026-11-19 14:53:20 UTC on feed"
