"""Faust's Kafka transport, but reading committed records only, and committing all that is acknowledged."""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, cast

from aiokafka import AIOKafkaConsumer
from faust.transport.consumer import RecordMap
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from stream.adapters.faust.table import LedgerTable


class Reading(NamedTuple):
    """How far one partition was read at a moment.

    Attributes:
        unread: offsets that Kafka had beyond what was fetched.
        last: the last record that was fetched since the last seek; None where none was.
        at: when Kafka was last asked (ms).
    """

    unread: int
    last: int | None
    at: int


class CommittedThread(driver.AIOKafkaConsumerThread):
    """The thread that owns a worker's consumer."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Faust does so only in transactions of its own; what the gate aborted must never count.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - read when the consumer starts
        return consumer

    async def _fetch_records(self, consumer: AIOKafkaConsumer, *args: Any, **options: Any) -> RecordMap:  # noqa: ANN401 - Faust's own
        records = await super()._fetch_records(consumer, *args, **options)
        # Without a pause after what moved the positions: both are of one moment.
        cast(CommittedConsumer, self.consumer).fetched(_positions(consumer), records)
        return records


class CommittedConsumer(driver.Consumer):
    """A consumer on such a thread, whose events are acknowledged in their order (`settling`)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.readings: dict[TP, Reading] = {}

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    def fetched(self, positions: Mapping[TP, tuple[int, int]], records: RecordMap) -> None:
        """Note what was fetched, and what there was to fetch. Called on the consumer's thread."""
        readings = {}
        for place, (unread, at) in positions.items():
            before = self.readings.get(place)
            last = before.last if before is not None else None
            readings[place] = Reading(unread, records[place][-1].offset if records.get(place) else last, at)
        self.readings = readings

    async def perform_seek(self) -> None:
        """Go back to what is committed, and only then let the table be worked on.

        Faust lets events through beside this, which are then lost or come out of order: so what came before
        is dropped. And it leaves a partition of which nothing was ever committed where it stands.
        """
        self.stop_flow()  # whoever asked for the seek resumes the flow
        await super().perform_seek()
        new = [tp for tp in self.assignment() if self._committed_offset[tp] is None]
        if new:
            await self.seek_wait(await self.earliest_offsets(*new))
        for table in self.app.tables.values():
            entries = cast(LedgerTable, table).entries
            # Faust seeks beside a rebalance too: what a recovery is reading then must not be dropped.
            if entries.is_recovered:
                self.readings = {}
                self.app.flow_control.clear()
                entries.open()

    def _new_offset(self, tp: TP) -> int | None:
        """Where to go on from: after the last that was acknowledged; None where nothing was.

        Faust looks for the first hole instead, and stops at each transaction marker: on the gate's topics its
        commits fall behind without end. In order there is no hole.
        """
        acked = self._acked[tp]
        if not acked:
            return None
        newest = max(acked)
        acked.clear()
        self._acked_index[tp].clear()
        self._gap[tp].clear()
        return newest + 1


def _positions(consumer: AIOKafkaConsumer) -> dict[TP, tuple[int, int]]:
    """Of each partition that was asked for: offsets beyond the position, and when Kafka was asked (ms)."""
    subscription = consumer._subscription.subscription  # noqa: SLF001 - its public calls wait
    assignment = subscription.assignment if subscription is not None else None
    if assignment is None:
        return {}
    positions = {}
    for place in assignment.tps:
        state = assignment.state_value(place)
        if state.lso is not None and state.has_valid_position:
            positions[TP(*place)] = (max(0, state.lso - state.position), state.timestamp)
    return positions


class CommittedTransport(driver.Transport):
    """Makes such consumers."""

    Consumer: ClassVar[type[driver.Consumer]] = CommittedConsumer
