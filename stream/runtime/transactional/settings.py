"""What one transactional runner reads and writes, and its bounds and pauses."""

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """All times in seconds.

    The topics have equal partition counts and are read by one group with the strategy `range`, so that
    partitions of one number come together. The changelog has as many partitions, and is compacted.
    """

    topics: tuple[str, ...]
    changelog: str
    batch: int = 3_000
    """Records in one transaction, at most: batches grow with the load up to here."""
    wakes: int = 1_000
    """Timers looked at in one turn and partition, at most."""
    pace: float = 0.020
    """From the begin of one transaction to the next, at least: shorter ones cost more than they gain, in
    waiting too. Nobody waits for it on an idle gate."""
    idle: float = 0.05
    """How long a turn waits for a first record."""
    restore_batch: int = 10_000
    """Changelog entries in one turn, at most: partitions that are restored already go on in between."""
    committed_timeout: float = 1.0
    """How long to wait for the group's committed positions where nothing else could go on anyway."""
    committed_probe: float = 0.15
    """How long to wait for those of one partition, while others go on."""
    committed_pause: float = 0.3
    """Between two such questions."""
    back_off_first: float = 0.1
    """The pause after a failed transaction; it doubles up to `back_off_most`."""
    back_off_most: float = 0.5
    fenced_again: float = 60.0
    """A producer fenced twice within this time has a rival: the process ends."""
