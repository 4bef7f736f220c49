"""What goes into and comes out of one step of the lifecycle."""

from typing import NamedTuple

from msgspec import Struct

from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.state import ContentState
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Terms(Struct, frozen=True):
    """The deadlines and the retention that a policy set gives, in milliseconds."""

    automatic: int = 10 * MINUTE
    people: int = DAY
    retention: int = 7 * DAY


class Arrival(NamedTuple):
    """When and where an event reached the gate.

    Attributes:
        content: the content id.
        now: the gate's clock, in ms.
        opens: the id of the case that this event may open; unique per event and content.
        partition: the partition of the content's key, the same in every topic.
        offset: the event's offset in `content`; -1 for anything else.
    """

    content: str
    now: int
    opens: str
    partition: int = 0
    offset: int = -1


class Unreadable(Struct, frozen=True):
    """A record of this content that does not parse; `why` says what broke."""

    why: str


class Tick(Struct, frozen=True):
    """The gate's clock passed a deadline or the retention of this content."""


Output = Verdict | Case | ReviewTask | ReviewClosed | Notice | CaseClosed | OutcomeDropped


class Step(NamedTuple):
    """The result of one step; `state` None means that the gate forgets the id."""

    state: ContentState | None
    outputs: tuple[Output, ...] = ()
    note: str = ""
