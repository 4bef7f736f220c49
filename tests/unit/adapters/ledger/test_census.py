"""The census: what it counts, what it lets go, and what it says of tables that change hands meanwhile."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from stream.adapters.faust import census as module
from stream.adapters.faust.census import Census
from stream.adapters.faust.progress import Progress
from stream.core.ledger import ContentEntry, encode_entry
from tests.unit.adapters.ledger.world import Heard, Table, entry, turns
from tests.unit.ledger.lives import AT, MINUTE, folded, hold, routed

RETENTION = 10


class Desk:
    """A table, a census of it, and until when everything about each partition is known."""

    def __init__(self) -> None:
        self.table = Table()
        self.until: dict[int, int] = {}
        self.heard = Heard()
        told = SimpleNamespace(
            until=lambda partition: self.until.get(partition, 0), behind=lambda: {"audit": 3}
        )
        self.census = Census(
            self.table,
            cast(Progress, told),
            lambda known, until: known.changed_at < until - RETENTION,
            lambda: AT + 2 * MINUTE,
            self.heard,
        )

    def counted(self) -> int | None:
        """How many entries the last census found; None where there is none."""
        return None if self.census.last is None else self.census.last.summary.entries

    async def begun(self) -> asyncio.Task[None]:
        """A census that looked at its first slice, and waits."""
        taking = asyncio.create_task(self.census.take())
        await turns(2)
        return taking


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Two open partitions; slices of one entry."""
    monkeypatch.setattr(module, "SLICE", 1)
    made = Desk()
    await made.table.recover(0, 1)
    return made


async def test_an_entry_leaves_by_what_was_read_of_its_own_partition(desk: Desk) -> None:
    # Given the same entry in two partitions, one of which was read far enough
    desk.table.hold(0, {b"over": entry(AT)})
    desk.table.hold(1, {b"not": entry(AT)})
    desk.until = {0: AT + RETENTION + 1, 1: AT + RETENTION}
    # When they are looked through / Then that one is let go, and the changelog told
    taking = await desk.begun()
    desk.table.writes[0].set_result(None)
    await taking
    assert desk.table.written == [(0, b"over", None)]
    assert desk.table.entries.partitions == {0: {}, 1: {b"not": entry(AT)}}
    assert desk.counted() == 1


async def test_the_changelog_is_waited_for_before_the_next_entries_are_looked_at(desk: Desk) -> None:
    desk.table.hold(0, {b"first": entry(), b"second": entry()})
    desk.until = {0: AT + MINUTE}
    taking = await desk.begun()
    await turns()
    assert [key for _, key, _ in desk.table.written] == [b"first"]
    desk.table.writes[0].set_result(None)
    await turns()
    assert [key for _, key, _ in desk.table.written] == [b"first", b"second"]
    desk.table.writes[1].set_result(None)
    await taking


async def test_a_changelog_that_does_not_take_an_end_is_heard_of(desk: Desk) -> None:
    desk.table.hold(0, {b"over": entry()})
    desk.until = {0: AT + MINUTE}
    taking = await desk.begun()
    desk.table.writes[0].set_exception(OSError("Kafka does not take it"))
    with pytest.raises(OSError, match="does not take it"):
        await taking


async def test_an_entry_that_changed_since_it_was_listed_stays(desk: Desk) -> None:
    # Given two entries that are over, listed together / When the second changes while the first leaves
    desk.table.hold(0, {b"first": entry(), b"second": entry()})
    desk.until = {0: AT + MINUTE}
    taking = await desk.begun()
    desk.table.hold(0, {b"second": entry(AT + 1)})
    desk.table.writes[0].set_result(None)
    await taking
    # Then it stays
    assert desk.table.entries.partitions[0] == {b"second": entry(AT + 1)}


async def test_a_census_that_a_rebalance_meets_lets_nothing_more_go_and_counts_for_nothing(
    desk: Desk,
) -> None:
    # Given a census between two entries that are over, after one that was whole
    desk.table.hold(0, held := {b"first": entry(), b"second": entry()})
    await desk.census.take()
    assert desk.counted() == 2
    desk.until = {0: AT + MINUTE}
    taking = await desk.begun()
    # When the partition goes away and comes back, with the entries that it had
    await desk.table.recover(0, 1)
    desk.table.hold(0, held)
    desk.table.writes[0].set_result(None)
    await taking
    # Then what was read before says nothing about them
    assert desk.table.entries.partitions[0] == held
    assert desk.counted() is None
    # And the next census counts
    desk.until = {}
    await desk.census.take()
    assert desk.counted() == 2


async def test_nothing_is_told_while_tables_recover(desk: Desk) -> None:
    # Given a worker whose partitions are taken away / When it goes on counting until they are back
    desk.table.hold(0, {b"p": entry()})
    await desk.table.recover(0, 1, opened=False)
    desk.table.hold(0, {b"p": entry()})
    counting = asyncio.create_task(desk.census.run(0))
    await turns()
    assert (desk.counted(), desk.heard.entries) == (None, [])
    desk.table.entries.open()
    await asyncio.wait_for(desk.heard.told.wait(), 10)
    counting.cancel()
    # Then the first that it tells of is whole
    assert (desk.counted(), desk.heard.entries[0]) == (1, 1)


async def test_a_worker_without_partitions_counts_nothing_and_says_so(desk: Desk) -> None:
    await desk.table.recover(opened=False)
    await desk.census.take()
    assert desk.counted() == 0


async def test_only_the_most_overdue_are_named_though_all_are_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given five overdue cases in no order / When room is for two
    monkeypatch.setattr(module, "MOST_OVERDUE", 2)
    desk.table.hold(0, {b"p%d" % number: waiting(number) for number in (3, 1, 4, 0, 2)})
    await desk.census.take()
    last = desk.census.last
    assert last is not None
    assert [case.id for case in last.overdue] == ["p0", "p1"]
    assert (last.summary.overdue, last.behind) == (5, 3)


def waiting(number: int) -> bytes:
    """An entry with an open case, the later overdue the larger its number."""
    found: ContentEntry = folded([hold(AT + number), routed()])
    return encode_entry(found)


async def test_canaries_are_neither_counted_nor_overdue_and_leave_as_all_do(desk: Desk) -> None:
    # Given a held post and a held canary, both late
    late = encode_entry(folded([hold()]))
    desk.table.hold(0, {b"post": late, b"sluice-canary:fake-mark-01/insult": late})
    # When they are looked through / Then the post alone is counted, and alone is overdue
    await desk.census.take()
    assert desk.counted() == 1
    assert desk.census.last is not None
    assert [case.id for case in desk.census.last.overdue] == ["post"]
