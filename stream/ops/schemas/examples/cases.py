"""The cases that the post gives rise to, as triage, the judge and people get them."""

from msgspec import Struct

from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase, Source
from stream.core.terms import Decision, Effect, Origin
from stream.ops.schemas.examples.post import (
    AT,
    CASE,
    CLAUSE,
    DAY,
    EDITED,
    ID,
    MINUTE,
    PUBLISHED,
    REPORT_CASE,
    SET,
)

EXAMPLES: tuple[Struct, ...] = (
    Case(
        id=ID,
        case=CASE,
        version=1,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        opened_at=AT + 40,
        due=AT + 40 + 10 * MINUTE,
        digest=PUBLISHED.digest,
        source=Source(partition=3, offset=1042),
        content=PUBLISHED,
    ),
    RoutedCase(
        id=ID,
        case=CASE,
        version=1,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        opened_at=AT + 40,
        due=AT + 40 + 10 * MINUTE,
        digest=PUBLISHED.digest,
        content=PUBLISHED,
        policies=("harassment", "spam-and-scams"),
        policy_set=SET,
        source=Source(partition=3, offset=1042),
    ),
    ReviewTask(
        id=ID,
        case=REPORT_CASE,
        version=2,
        effect=Effect.WATCH,
        origin=Origin.REPORT,
        at=AT + 61 * MINUTE,
        due=AT + DAY + 61 * MINUTE,
        why="recommended",
        digest=EDITED.digest,
        source=Source(partition=3, offset=1090),
        recommendation=Decision.REMOVE,
        clauses=(CLAUSE,),
        reports=1,
    ),
    ReviewClosed(id=ID, case=REPORT_CASE, at=AT + 2 * 60 * MINUTE, reason="decided"),
)
