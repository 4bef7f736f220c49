"""What the transactional runner tells of itself, for metrics. Called from its thread."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Tally(StrEnum):
    """Things that happen, to be counted."""

    ABORTED = "aborted"
    """Transactions that failed and were run again."""
    REBUILT = "rebuilt"
    """Producers replaced: an outcome was unknown, or the identity used up."""
    DISCARDED = "discarded"
    """Records read again: they came beside a rebalance, or before a rewind took hold."""
    OVERFLOWED = "overflowed"
    """Records whose outputs were too large: the processor's fallback was published instead."""
    RECORDS_LOST = "records_lost"
    """Alert: retention removed what was not read yet, or the log was cut."""
    UNANSWERED = "unanswered"
    """The broker did not tell the committed positions; asked again."""
    BEHIND_STATE = "behind_state"
    """Alert: the broker told positions older than the state; what the state has is not done again."""
    STATE_LOST = "state_lost"
    """Alert: the state lacks what the committed positions say was done: it was deleted, or cut."""
    KEPT = "kept"
    """Partitions that came back with their state still good."""


class Levels(Struct, frozen=True, kw_only=True):
    """How the runner stands."""

    joined: bool
    """The group has told which partitions are this member's, be it none."""
    assigned: int
    live: int
    """Partitions that are restored and flow."""
    entries: int
    """Keys with state, in all partitions."""
    to_restore: int
    """Changelog offsets still to read."""
    waiting_seconds: float
    """Age of the oldest assignment that does not flow yet."""
    lag: int
    """Offsets not processed, summed: the ends as last fetched, less the positions."""
    oldest_wait_seconds: float
    """How long the oldest state has waited for an answer, by the processor's `head`; 0 with none."""
    weight: int
    """Of the work that all states wait for, by the same."""


class Observer(Protocol):
    """Hears of what happens."""

    def tally(self, what: Tally, count: int = 1) -> None:
        """Something happened `count` times."""

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """A transaction was committed, `seconds` after it began."""

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        """A partition's state was read back: so many changelog entries in so many seconds."""

    def levels(self, levels: Levels) -> None:
        """About once a second."""


class Silent:
    """An observer that nobody listens to."""

    def tally(self, what: Tally, count: int = 1) -> None:
        """Ignore it."""

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """Ignore it."""

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        """Ignore it."""

    def levels(self, levels: Levels) -> None:
        """Ignore it."""
