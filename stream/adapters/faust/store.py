"""The table's entries in memory, by partition, so that what belongs to another worker leaves at once."""

from collections.abc import Callable, Iterable
from typing import Any

from faust.stores import base
from faust.types import TP, EventT


class PartitionStore(base.Store[bytes, bytes]):
    """Entries as bytes, `{partition: {key: entry}}`; a partition is open once it has been recovered.

    Attributes:
        partitions: the entries.
        opened: which partitions are open; another set after each recovery.
        is_open: whether a recovery has ended since the last rebalance; true without any partition too.
        is_recovered: whether one has, though the topics may not have been sought back yet.
    """

    def __post_init__(self) -> None:
        self.data = {}  # Faust's own place, which knows no partitions
        self.partitions: dict[int, dict[bytes, bytes]] = {}
        self.opened: set[int] = set()
        self.is_open = False
        self._recovered: set[int] | None = None

    def entry(self, partition: int, key: bytes) -> bytes | None:
        """What is known of a key."""
        return self.partitions.get(partition, {}).get(key)

    @property
    def is_recovered(self) -> bool:
        """See above."""
        return self._recovered is not None

    @property
    def size(self) -> int:
        """How many entries there are."""
        return sum(map(len, self.partitions.values()))

    def put(self, partition: int, key: bytes, entry: bytes | None) -> None:
        """Replace what is known of a key; None forgets it."""
        if entry is None:
            self.partitions.get(partition, {}).pop(key, None)
        else:
            self.partitions.setdefault(partition, {})[key] = entry

    def close(self) -> None:
        """Let nothing be folded or told until the next recovery."""
        self.opened, self._recovered, self.is_open = set(), None, False

    def open(self) -> None:
        """Let what was recovered be folded and told, where a recovery has ended."""
        if self._recovered is not None:
            self.opened, self.is_open = self._recovered, True

    def apply_changelog_batch(
        self,
        batch: Iterable[EventT[Any]],
        to_key: Callable[[Any], Any],
        to_value: Callable[[Any], Any],
    ) -> None:
        """Take what the changelog says, in its order."""
        for event in batch:
            message = event.message
            self.put(message.partition, message.key or b"", message.value)

    async def on_rebalance(
        self, assigned: set[TP], revoked: set[TP], newly_assigned: set[TP], generation_id: int = 0
    ) -> None:
        """Forget everything: another worker may have had in between what comes back."""
        self.close()
        self.partitions.clear()

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:
        """Remember what was recovered, to be opened once the topics are read from where they should be."""
        self._recovered = {tp.partition for tp in active_tps}
        if not active_tps:
            self.open()  # Faust seeks nothing for a worker without partitions

    def persisted_offset(self, tp: TP) -> int | None:
        """None: nothing outlives the process."""
        return None

    def reset_state(self) -> None:
        """Nothing to remove."""

    async def backup_partition(
        self, tp: TP | int, flush: bool = True, purge: bool = False, keep: int = 1
    ) -> None:
        """Nothing to keep: the changelog is the backup."""

    def restore_backup(self, tp: TP | int, latest: bool = True, backup_id: int = 0) -> None:
        """Nothing to restore."""
