"""The `ContentArchive` port on Kafka: one published event, read again by its place."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from stream.adapters.kafka.codes import AUTO_OFFSET_RESET, PARTITION_EOF
from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, translated
from stream.core.case import Source
from stream.core.content import Edited, Published
from stream.core.errors import Unavailable, Unreadable
from stream.core.wire import read_content

_PATIENCE_SECONDS = 2.0
_GONE = (AUTO_OFFSET_RESET, PARTITION_EOF)


class KafkaContentArchive:
    """Reads single records of `content`, one at a time, on a thread of its own."""

    def __init__(self, connection: Connection, topic: str, group: str) -> None:
        """Prepare to read.

        Args:
            connection: the cluster.
            topic: the `content` topic's full name.
            group: a name that the cluster lets this client read with; nothing is ever committed.
        """
        self._topic = topic
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._client = Consumer(
            {
                **connection.as_librdkafka(),
                "group.id": group,
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 20,
                # One record is wanted; what the broker sends after it is thrown away. That fills the queue,
                # which must not let the next place wait for a second, librdkafka's pause by default.
                "queued.max.messages.kbytes": 64,
                "max.partition.fetch.bytes": 65_536,
                "fetch.queue.backoff.ms": 0,
            }
        )

    async def fetch(self, source: Source) -> Published | Edited | None:
        """See `stream.ports.ContentArchive`."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, source)

    def close(self) -> None:
        """Let the client go; waits for a read that is under way, not for those behind it."""
        self._thread.shutdown(cancel_futures=True)
        self._client.close()

    def _read(self, source: Source) -> Published | Edited | None:
        try:
            self._client.assign([TopicPartition(self._topic, source.partition, source.offset)])
            message = self._first(source)
        except KafkaException as raised:
            raise translated(kafka_error(raised), f"reading {self._topic} again") from raised
        finally:
            self._client.unassign()
        if message is None or message.offset() != source.offset:
            return None
        try:
            event = read_content(message.value())
        except Unreadable:
            return None
        return event if isinstance(event, Published | Edited) else None

    def _first(self, source: Source) -> Message | None:
        """The first record at or after a place; None where retention took it."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while (left := until - time.monotonic()) > 0:
            message = self._client.poll(left)
            if message is None:
                continue
            error = message.error()
            if error is None:
                return message
            if error.code() in _GONE:
                return None
            if not error.retriable():
                raise translated(error, f"reading {self._topic} again")
        raise Unavailable(f"{self._topic}/{source.partition} did not answer within {_PATIENCE_SECONDS:.0f} s")
