"""Faust's Kafka transport, but reading committed records only."""

from typing import ClassVar

from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver


class CommittedThread(driver.AIOKafkaConsumerThread):
    """The thread that owns a worker's consumer."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        # Faust does so only in transactions of its own; what the gate aborted must never count.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - read when the consumer starts
        return consumer


class CommittedConsumer(driver.Consumer):
    """A consumer on such a thread."""

    def _new_consumer_thread(self) -> CommittedThread:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)


class CommittedTransport(driver.Transport):
    """Makes such consumers."""

    Consumer: ClassVar[type[driver.Consumer]] = CommittedConsumer
