"""What the concurrent runner asks of its processor: records in, records out, many at once, in any order."""

from collections.abc import Sequence
from typing import Protocol

from stream.core.errors import Poison, SluiceError
from stream.ports.records import Outgoing, Record


class Processor(Protocol):
    """Handles each record at least once. The same record may come again, also beside itself.

    `handle` runs on the event loop; the other two run on the thread that owns Kafka, and must be quick.
    """

    async def handle(self, record: Record) -> Sequence[Outgoing]:
        """Return what follows from a record; it is done once all of that is acknowledged.

        Cancelled where the answer is no longer wanted: overdue, superseded, or the partition went.

        Raises:
            Retry: ask again after a pause, until the item's deadline.
            Poison: the record can never be handled; `dead_letter` follows.
            Escalate: a machine cannot answer; `escalate` follows (as after any unexpected error).
            Exit: this process cannot go on.
        """

    def escalate(self, record: Record, error: SluiceError) -> Sequence[Outgoing]:
        """Return what hands a record over to people: it was not answered, or not in time.

        Raises:
            Poison: it cannot be read; `dead_letter` follows.
        """

    def dead_letter(self, record: Record, error: Poison) -> Outgoing:
        """Return what is kept of a record that can never be handled, small enough for any topic."""
