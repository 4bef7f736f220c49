"""One record in flight."""

from enum import Enum

from stream.core.errors import Retry
from stream.ports import Record
from stream.runtime.concurrent.assignment import Assignment
from stream.runtime.concurrent.observer import Ending
from stream.runtime.concurrent.tracker import Tracker


class Stage(Enum):
    """Where an item stands."""

    RUNNING = "running"
    RESTING = "resting"
    """Between two tries."""
    PUBLISHING = "publishing"


class Item:
    """A record from its admission until its outputs are acknowledged."""

    __slots__ = (
        "assignment", "begun", "cancelled_at", "ending", "error", "lane", "record", "replaced", "since",
        "stage", "tracker", "tries", "unacknowledged", "weight",
    )  # fmt: skip

    def __init__(self, record: Record, lane: str, assignment: Assignment, weight: int, now: float) -> None:
        """Enter flight at `now` seconds."""
        self.record = record
        self.lane = lane
        self.assignment = assignment
        self.tracker: Tracker = assignment.tracker
        self.weight = weight
        self.since = now
        self.begun = now
        """When its deadline began to run, on the clock that stops while the answerer is away."""
        self.stage = Stage.RUNNING
        self.tries = 0
        self.error: Retry | None = None
        """What the last try met."""
        self.ending: Ending | None = None
        """How it will end: known once its handler was cancelled, or its outputs are being published."""
        self.cancelled_at = 0.0
        self.unacknowledged = 0
        self.replaced = False
        """Whether a dead letter has taken the place of an output that was too large."""

    @property
    def stale(self) -> bool:
        """Whether its partition went to another member meanwhile: its end must leave no trace here."""
        return not self.assignment.live

    @property
    def place(self) -> str:
        """Where the record lies, for people."""
        return f"{self.record.topic}[{self.record.partition}]@{self.record.offset}"

    def complete(self) -> None:
        """Mark it done, unless its partition began anew meanwhile."""
        if self.tracker is self.assignment.tracker:
            self.tracker.complete(self.record.offset)
