"""What people propose about the post."""

from msgspec import Struct

from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Effect
from stream.ops.schemas.examples.post import AT, CLAUSE, DAY, EDITED, ID, MINUTE, REPORT_CASE, SET

EXAMPLES: tuple[Struct, ...] = (
    Outcome(
        id=ID,
        case=REPORT_CASE,
        version=2,
        proposal=Proposal.REMOVE,
        decided_by=DecidedBy.REVIEWER,
        at=AT + 2 * 60 * MINUTE,
        by="reviewer-04",
        policy_set=SET,
        clauses=(CLAUSE,),
        reason="asks for payment before delivery",
        notices={f"{CLAUSE}:en": "We removed your post: it asks for payment before delivery."},
    ),
    StaffDecision(
        id=ID,
        version=2,
        proposal=Proposal.RELEASE,
        by="staff-12",
        reason="removed by mistake",
        at=AT + 2 * DAY,
        digest=EDITED.digest,
        ticket="ticket 5521",
    ),
    CaseRequested(
        id=ID,
        version=2,
        digest=EDITED.digest,
        effect=Effect.WATCH,
        by="staff-12",
        reason="what the last set released is looked at again",
        at=AT + 2 * DAY,
        ticket="ticket 5522",
    ),
)
