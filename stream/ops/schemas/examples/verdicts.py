"""What the gate says of the post."""

from msgspec import Struct

from stream.core.outcome import Proposal
from stream.core.terms import DecidedBy, Decision, Effort, Label, LabelKind, Stage
from stream.core.verdict import CaseClosed, Closing, Notice, NoticeTo, OutcomeDropped, Verdict
from stream.ops.schemas.examples.post import (
    AT,
    CASE,
    CLAUSE,
    DAY,
    EDIT_CASE,
    EDITED,
    ID,
    MINUTE,
    MODEL,
    PUBLISHED,
    REPORT_CASE,
    SET,
)

_label = Label(
    kind=LabelKind.LIMITED_REACH, clause="spam-and-scams/sp1.a", regions=("BE",), expires_at=AT + 30 * DAY
)

EXAMPLES: tuple[Struct, ...] = (
    Verdict(
        id=ID,
        version=1,
        decision=Decision.HOLD,
        at=AT + 40,
        digest=PUBLISHED.digest,
        case=CASE,
        stage=Stage.AUTOMATIC,
        due=AT + 40 + 10 * MINUTE,
    ),
    Verdict(
        id=ID,
        version=2,
        decision=Decision.RELEASE,
        at=AT + 21 * MINUTE,
        digest=EDITED.digest,
        case=EDIT_CASE,
        labels=(_label,),
        decided_by=DecidedBy.MODEL,
        policy_set=SET,
        model=MODEL,
        effort=Effort.LOW,
        clauses=(_label.clause,),
    ),
    Notice(
        id=ID,
        version=2,
        case=REPORT_CASE,
        at=AT + 2 * 60 * MINUTE,
        to=NoticeTo.AUTHOR,
        decision=Decision.REMOVE,
        automated=False,
        clauses=(CLAUSE,),
        policy_set=SET,
        texts={f"{CLAUSE}:en": "We removed your post: it asks for payment before delivery."},
    ),
    CaseClosed(
        id=ID,
        case=EDIT_CASE,
        version=2,
        at=AT + 21 * MINUTE,
        closing=Closing.DECIDED,
        published=True,
        decision=Decision.RELEASE,
        decided_by=DecidedBy.MODEL,
        by="judge-0",
        policy_set=SET,
        model=MODEL,
        effort=Effort.LOW,
    ),
    OutcomeDropped(
        id=ID,
        version=1,
        at=AT + 22 * MINUTE,
        reason="closed",
        case=CASE,
        proposal=Proposal.RELEASE,
        decided_by=DecidedBy.MODEL,
        by="judge-1",
    ),
)
