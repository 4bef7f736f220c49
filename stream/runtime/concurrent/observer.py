"""What the concurrent runner tells of itself, for metrics. Called from the Kafka thread."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct


class Ending(StrEnum):
    """How a record left the window."""

    COMPLETED = "completed"
    ESCALATED = "escalated"
    DEAD_LETTERED = "dead_lettered"
    SUPERSEDED = "superseded"
    STALE = "stale"
    """Its partition went to another member; whatever came of it is discarded."""
    UNFINISHED = "unfinished"
    """The drain's time was up; it will run again."""


class Tally(StrEnum):
    """Things that happen, to be counted."""

    ADMITTED = "admitted"
    SKIPPED = "skipped"
    """Delivered again though done: known from the commit's metadata."""
    RETRIED = "retried"
    OVERDUE = "overdue"
    UNRESPONSIVE = "unresponsive"
    """A handler that did not end when cancelled; its slot was given away."""
    UNEXPECTED = "unexpected"
    """An error outside the tree, raised by a handler: a bug to look at."""
    OVERSIZED = "oversized"
    COMMITTED = "committed"
    COMMIT_FAILED = "commit_failed"
    MALFORMED_METADATA = "malformed_metadata"
    """Alert: work since the committed offset is repeated."""
    RECORDS_LOST = "records_lost"
    """Alert: retention removed what was not read yet, or the log was cut."""
    UNANSWERED = "unanswered"
    """The broker did not tell the committed offsets; asked again."""


class Levels(Struct, frozen=True, kw_only=True):
    """How one lane stands. Seconds; `oldest_timestamp` in milliseconds since 1970, -1 with nothing read."""

    in_window: int
    waiting: int
    """Read, not admitted."""
    oldest_seconds: float
    """Age in the window of the item that has been in it longest."""
    oldest_timestamp: int
    """Of the oldest record not done: watch it against the topic's retention."""
    span: int
    """The widest partition's, from its first open offset on; admission stops at `MAX_SPAN`."""
    lag: int
    """Offsets not done: end - base - done beyond the base, summed; markers at the end are none."""
    assigned: int
    unsettled: int
    """Partitions assigned but not being read yet."""
    joined: bool
    """The group has told which partitions are this member's, be it none."""
    full: bool
    """A record waits for room in the window."""


class Observer(Protocol):
    """Hears of what happens in each lane."""

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        """Something happened `count` times."""

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:
        """A record left the window after so many seconds in it."""

    def levels(self, lane: str, levels: Levels) -> None:
        """About once a second."""


class Silent:
    """An observer that nobody listens to."""

    def tally(self, lane: str, what: Tally, count: int = 1) -> None:
        """Ignore it."""

    def ended(self, lane: str, ending: Ending, seconds: float) -> None:
        """Ignore it."""

    def levels(self, lane: str, levels: Levels) -> None:
        """Ignore it."""
