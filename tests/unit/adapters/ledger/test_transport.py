"""The consumer commits behind the last acknowledged event, and seeks without dropping what is recovered."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from faust.types import TP

from stream.adapters.faust.transport import CommittedConsumer, Reading
from tests.unit.adapters.ledger.world import Table

PLACE, NEW = TP("verdicts", 1), TP("audit", 1)


class Consumer(CommittedConsumer):
    """A consumer without a Kafka: `PLACE` is committed up to 5, `NEW` never was."""

    def __init__(self, table: Table) -> None:
        self.app = table.app
        self.readings: dict[TP, Reading] = {PLACE: Reading(0, 9, 1)}
        self.sought: dict[TP, int] = {}
        self.flowing = True
        self._acked: dict[TP, list[int]] = {PLACE: []}
        self._acked_index: dict[TP, set[int]] = {PLACE: set()}
        self._gap: dict[TP, list[int]] = {PLACE: []}
        self._committed_offset: Any = {PLACE: None, NEW: None}
        self._read_offset: Any = {}

    def stop_flow(self) -> None:
        self.flowing = False

    def assignment(self) -> set[TP]:
        return {PLACE, NEW}

    async def seek_to_committed(self) -> dict[TP, int]:
        assert not self.flowing
        return {PLACE: 5}

    async def earliest_offsets(self, *partitions: TP) -> dict[TP, int]:
        return dict.fromkeys(partitions, 0)

    async def seek_wait(self, partitions: Any) -> None:  # noqa: ANN401 - Faust's own
        self.sought.update(partitions)


class Queue(SimpleNamespace):
    """Whether what waits was dropped."""

    dropped: bool = False

    def clear(self) -> None:
        self.dropped = True


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue()
    monkeypatch.setattr("faust.App.flow_control", queue)
    return queue


async def test_what_was_recovered_is_open_once_everything_was_sought_back(waiting: Queue) -> None:
    # Given a recovered partition / When its topics are sought back
    table = Table()
    await table.recover(1, opened=False)
    consumer = Consumer(table)
    await consumer.perform_seek()
    # Then what came before is dropped, and what was never committed is read from its beginning
    assert (consumer.sought, waiting.dropped, consumer.readings) == ({NEW: 0}, True, {})
    assert table.entries.opened == {1}


async def test_a_seek_beside_a_recovery_drops_nothing_of_it_and_opens_nothing(waiting: Queue) -> None:
    # Given a worker whose changelogs are being read / When Faust seeks, as it does where the flow was stopped
    table = Table()
    await table.entries.on_rebalance(set(), set(), set())
    await Consumer(table).perform_seek()
    assert (waiting.dropped, table.entries.is_open) == (False, False)


@pytest.mark.parametrize(("acked", "offset"), [((), None), ((3, 4), 5), ((3, 4, 6), 7)])
def test_the_position_is_behind_the_last_acknowledged_event_whatever_lies_between(
    acked: Iterable[int], offset: int | None
) -> None:
    consumer = Consumer(Table())
    consumer._acked[PLACE].extend(acked)
    assert consumer._new_offset(PLACE) == offset
    # And said once
    assert consumer._new_offset(PLACE) is None


def test_the_last_record_that_was_fetched_is_remembered_while_nothing_more_comes() -> None:
    consumer = Consumer(Table())
    records: Any = {NEW: [SimpleNamespace(offset=2), SimpleNamespace(offset=3)]}
    consumer.fetched({PLACE: (4, 100), NEW: (0, 100)}, records)
    assert consumer.readings == {PLACE: Reading(4, 9, 100), NEW: Reading(0, 3, 100)}
