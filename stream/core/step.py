"""What goes into and comes out of one step of the lifecycle."""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from stream.core.brake import Brakes
from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.state import ContentState
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Overdue(StrEnum):
    """What becomes of a hold that people did not decide about in time: it stays, or time decides."""

    HOLD = "hold"
    REMOVE = "remove"
    RELEASE = "release"


class Terms(Struct, frozen=True):
    """What a policy set says to the gate.

    Attributes:
        automatic: how long machines may take (ms).
        people: how long people may take (ms).
        retention: how long closed content is remembered (ms).
        urgent: how long people may take where a life may be in danger (ms).
        restricted: whether some policy is restricted: then nobody can say what an unreadable record holds.
        brakes: how many removals a machine may make in an hour.
        overdue: what becomes of a hold that people did not decide about in time.
        overdue_notices: what authors are told of a removal by time, as `Outcome.notices`.
        policy_set: the set's digest, named by what time decides; None where it decides nothing.
    """

    automatic: int = 10 * MINUTE
    people: int = DAY
    retention: int = 7 * DAY
    urgent: int = 15 * MINUTE
    restricted: bool = False
    brakes: Brakes = Brakes()
    overdue: Overdue = Overdue.HOLD
    overdue_notices: dict[str, str] = {}
    policy_set: str | None = None


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
