"""A recovery ends the process where Kafka does not answer, and only there."""

import asyncio
from collections.abc import Callable

import pytest
from faust.tables.recovery import RebalanceAgain, ServiceStopped

from stream.adapters.faust.recovery import EndingRecovery, LedgerTables
from stream.core.errors import Unavailable
from tests.unit.adapters.ledger.world import Table

SOON = 0.01


@pytest.fixture
async def recovery() -> EndingRecovery:
    tables = Table(TableManager=LedgerTables).app.tables
    assert isinstance(tables, LedgerTables)
    assert isinstance(tables.recovery, EndingRecovery)
    return tables.recovery


async def test_a_kafka_that_does_not_answer_in_time_ends_the_process_with_what_to_look_at(
    recovery: EndingRecovery,
) -> None:
    with pytest.raises(Unavailable, match=r"did not answer for 0 s .*`ledger-state`"):
        await recovery._wait(asyncio.Event().wait(), timeout=SOON)


async def test_an_answer_in_time_ends_nothing(recovery: EndingRecovery) -> None:
    await recovery._wait(asyncio.sleep(0), timeout=10.0)


@pytest.mark.parametrize("seconds", [None, 10.0])
async def test_a_worker_that_is_told_to_end_meanwhile_does(
    recovery: EndingRecovery, seconds: float | None
) -> None:
    with pytest.raises(ServiceStopped):
        await interrupted(recovery, recovery._stopped.set, seconds)


async def test_another_rebalance_begins_anew(recovery: EndingRecovery) -> None:
    with pytest.raises(RebalanceAgain):
        await interrupted(recovery, recovery.signal_recovery_start.set, 10.0)


async def test_a_recovery_that_a_rebalance_cut_short_recovered_nothing(recovery: EndingRecovery) -> None:
    # Given a rebalance while changelogs are read, which Faust passes over there
    recovery.signal_recovery_start.set()
    # When it goes on as if they had been read / Then its tables hear nothing of it
    with pytest.raises(RebalanceAgain):
        await recovery.on_recovery_completed(1)
    (table,) = recovery.tables.values()
    assert isinstance(table, Table)
    assert not table.entries.is_recovered


async def interrupted(recovery: EndingRecovery, by: Callable[[], None], seconds: float | None) -> None:
    """Wait for what never comes, until something else does."""
    asyncio.get_running_loop().call_soon(by)
    await recovery._wait(asyncio.Event().wait(), seconds)
