"""The ledger's table: entries by content id, each change of which goes to the changelog."""

import asyncio
from typing import Any, cast

import faust
from faust.tables import TableManager
from faust.types import TP, FutureMessage
from yarl import URL

from stream.adapters.faust.store import PartitionStore

_MEMORY = URL("memory:")


class LedgerTable(faust.Table[bytes, bytes]):
    """A plain table that is told the partition of what it is given, and says when that is safe."""

    def __init__(self, app: faust.App, **options: Any) -> None:  # noqa: ANN401 - Faust's own
        super().__init__(app, **options)
        self._writes: set[FutureMessage] = set()

    @property
    def entries(self) -> PartitionStore:
        """What is known, by partition."""
        return cast(PartitionStore, self.data)

    def put(self, partition: int, key: bytes, entry: bytes | None) -> FutureMessage:
        """Replace an entry; None forgets it.

        Returns:
            What is done once the changelog has it.
        """
        self.entries.put(partition, key, entry)
        write = self.send_changelog(partition, key, entry, "raw", "raw")
        self._writes.add(write)
        write.add_done_callback(self._writes.discard)
        return write

    async def settled(self) -> None:
        """Wait until the changelog has every change, or has refused it."""
        if self._writes:
            await asyncio.wait(self._writes)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Recover every partition from the changelog's beginning.

        Faust would read on from where its last recovery ended, and set entries that were changed since back
        to what they were.
        """
        await super().on_rebalance(assigned, revoked, newly_assigned, generation_id)
        recovery = cast(TableManager, self.app.tables).recovery
        recovery.active_offsets.clear()
        recovery.buffers.clear()

    def _new_store(self) -> PartitionStore:
        return PartitionStore(
            _MEMORY,
            self.app,
            self,
            table_name=self.name,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            options=self.options,
        )
