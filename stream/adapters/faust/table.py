"""The ledger's table: entries by content id, each change of which goes to the changelog."""

from typing import cast

import faust
from faust.types import FutureMessage
from yarl import URL

from stream.adapters.faust.store import PartitionStore

_MEMORY = URL("memory:")


class LedgerTable(faust.Table[bytes, bytes]):
    """A plain table that is told the partition of what it is given, and says when that is safe."""

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
        return self.send_changelog(partition, key, entry, "raw", "raw")

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
