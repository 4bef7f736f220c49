"""The agent: every event through the processor, its entry into the table, its dead letters out."""

from collections.abc import Awaitable, Mapping
from typing import cast

from faust import Event, Stream, StreamT, TopicT

from stream.adapters.faust.progress import Progress
from stream.adapters.faust.settling import Settling
from stream.adapters.faust.table import LedgerTable
from stream.ports import UNCHANGED, KeyedFold, Outgoing, Record


class LedgerAgent:
    """Works on one event at a time: more at once would lose some (faust-streaming #606).

    Args:
        processor: what one record does to its key's entry.
        table: where entries are kept.
        topics: the topics that the processor writes to, by name.
        settling: acknowledges what was done.
        progress: is told of what was folded.
    """

    def __init__(
        self,
        processor: KeyedFold,
        table: LedgerTable,
        topics: Mapping[str, TopicT],
        settling: Settling,
        progress: Progress,
    ) -> None:
        self._processor = processor
        self._table = table
        self._topics = topics
        self._settling = settling
        self._progress = progress

    async def work(self, stream: StreamT[bytes]) -> None:
        """Take events for ever."""
        async for event in cast(Stream[bytes], stream).noack().events():
            # A partition that was taken away meanwhile: whoever has it next is given this event again.
            if event.message.partition in self._table.entries.opened:
                writes = self._fold(event)
                self._progress.folded(event.message)
                await self._settling.add(event, writes)

    def _fold(self, event: Event) -> list[Awaitable[object]]:
        """Apply one event at once; returns what must reach Kafka before it counts as done."""
        message = event.message
        store = self._table.entries
        partition, key = message.partition, message.key
        record = Record(message.topic, partition, message.offset, key, message.value)
        step = self._processor.handle(record, store.entry(partition, key) if key is not None else None)
        writes: list[Awaitable[object]] = [self._send(output) for output in step.outputs]
        if step.state is not UNCHANGED and key is not None:
            writes.append(self._table.put(partition, key, step.state))
        return writes

    def _send(self, output: Outgoing) -> Awaitable[object]:
        return self._topics[output.topic].send_soon(
            key=output.key, value=output.value, partition=output.partition, headers=[*output.headers]
        )
