"""A partition is told of and worked on once it was recovered and its topics were sought back."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from faust import Event
from faust.types import TP

from tests.unit.adapters.ledger.world import Table, turns


async def test_what_is_recovered_is_open_once_its_topics_were_sought_back() -> None:
    table = Table()
    await table.recover(1, 2, opened=False)
    assert (table.entries.opened, table.entries.is_open) == (set(), False)
    table.entries.open()
    assert (table.entries.opened, table.entries.is_open) == ({1, 2}, True)


async def test_a_seek_beside_a_rebalance_opens_nothing() -> None:
    # Given a worker that had partitions, while the next recovery runs
    table = Table()
    await table.recover(1, 2)
    await table.entries.on_rebalance(set(), set(), set())
    # When Faust seeks / Then nothing is open, not even as a worker without partitions
    table.entries.open()
    assert (table.entries.opened, table.entries.is_open) == (set(), False)


async def test_a_worker_without_partitions_is_open_though_nothing_is_sought() -> None:
    table = Table()
    await table.recover(opened=False)
    assert (table.entries.opened, table.entries.is_open) == (set(), True)


async def test_a_rebalance_forgets_every_entry_for_another_may_change_them() -> None:
    table = Table()
    await table.recover(1)
    table.hold(1, {b"p": b"x"})
    await table.recover(1)
    assert (table.entries.entry(1, b"p"), table.entries.size) == (None, 0)


async def test_the_changelog_is_taken_in_its_order_and_a_tombstone_forgets() -> None:
    table = Table()
    changes = [(b"p", b"old"), (b"q", b"x"), (b"p", b"new"), (b"q", None)]
    table.entries.apply_changelog_batch([change(*each) for each in changes], bytes, bytes)
    assert table.entries.partitions == {1: {b"p": b"new"}}


async def test_a_change_is_known_at_once_and_settled_once_the_changelog_has_or_refused_it() -> None:
    # Given two changes / When one is refused and the other taken
    table = Table()
    table.put(1, b"p", b"x")
    table.put(1, b"q", b"y")
    assert (table.entries.entry(1, b"p"), table.written[0]) == (b"x", (1, b"p", b"x"))
    waiting = asyncio.create_task(table.settled())
    table.writes[0].set_exception(OSError())
    table.writes[0].exception()
    await turns()
    # Then both are waited for, and nothing more is
    assert not waiting.done()
    table.writes[1].set_result(None)
    await turns()
    assert waiting.done()
    assert not table._writes


async def test_a_recovery_reads_its_changelog_from_the_beginning() -> None:
    # Given a worker whose last recovery ended at some offset
    table = Table()
    recovery = cast(Any, table.app.tables).recovery
    place = TP(table.changelog_topic_name, 1)
    recovery.active_offsets[place] = 41
    # When there is another rebalance / Then that offset is forgotten, with what was buffered
    recovery.buffers[place] = [change(b"p", b"old")]
    await table.on_rebalance(set(), set(), set())
    assert (dict(recovery.active_offsets), dict(recovery.buffers)) == ({}, {})


def change(key: bytes, value: bytes | None, partition: int = 1) -> Event:
    return cast(Event, SimpleNamespace(message=SimpleNamespace(partition=partition, key=key, value=value)))
