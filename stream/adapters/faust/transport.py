"""Faust's Kafka transport, but reading committed records only, and committing all that is acknowledged."""

from typing import ClassVar, cast

from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from stream.adapters.faust.table import LedgerTable


class CommittedThread(driver.AIOKafkaConsumerThread):
    """The thread that owns a worker's consumer."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Faust does so only in transactions of its own; what the gate aborted must never count.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - read when the consumer starts
        return consumer


class CommittedConsumer(driver.Consumer):
    """A consumer on such a thread, whose events are acknowledged in their order (`settling`)."""

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

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
        self.app.flow_control.clear()
        for table in self.app.tables.values():
            cast(LedgerTable, table).entries.open()

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


class CommittedTransport(driver.Transport):
    """Makes such consumers."""

    Consumer: ClassVar[type[driver.Consumer]] = CommittedConsumer
