"""One example of every event: the life of one post, from its publication to an appeal."""

from msgspec import Struct

from stream.core.audit import Ask, CaseJudged, CaseRouted, CaseShadowed, Confidential, Overruled
from stream.core.cascade import Why
from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase, Source
from stream.core.content import (
    Appealed,
    Attachment,
    Deleted,
    Edited,
    Published,
    Reported,
    Signal,
    ThreadItem,
    digest_of,
)
from stream.core.control import Paused, PausedAction, PromotionKept, RulesPublished, SetPromoted
from stream.core.dead_letter import DeadLetter
from stream.core.judgement import Finding, Judgement, Usage
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.policy import PolicyResult
from stream.core.terms import (
    DecidedBy,
    Decision,
    Effect,
    Effort,
    Label,
    LabelKind,
    Origin,
    Stage,
)
from stream.core.verdict import CaseClosed, Closing, Notice, NoticeTo, OutcomeDropped, Verdict

ID = "post/2026-11-03/7f3a"
AT = 1_793_700_000_000
MINUTE = 60_000
DAY = 86_400_000
SET = digest_of("the text of a policy set")
CANDIDATE = digest_of("the text of a set that is not in force")
PICTURE = Attachment(digest=digest_of("the bytes of a picture"), media_type="image/jpeg", name="bike.jpg")
CASE = "c3-1042"
EDIT_CASE = "c3-1090"
REPORT_CASE = "c3-1201"
PROMOTED = SetPromoted(
    name="default",
    digest=SET,
    files={
        "sets/default.toml": "the whole text of the set",
        "spam-and-scams/policy.md": "the whole text of a policy in it",
        "spam-and-scams/notices.toml": "what its authors are told",
    },
    by="ana",
    at=AT,
    reason="ticket 5530",
)
CLAUSE = "spam-and-scams/sp3.a"
MODEL = "gpt-oss-safeguard-20b"

_published = Published(
    id=ID,
    version=1,
    at=AT,
    text="Selling my bike, 120 €. Pictures below, collect in Ghent.",
    surface="marketplace",
    author="author-51c2",
    language="en",
    jurisdiction="BE",
    thread=(ThreadItem(text="Anyone selling a bike?", author="author-9e01", id="post/2026-11-03/7f11"),),
    attachments=(PICTURE,),
    signals=(Signal(kind="account.age-days", source="accounts", value=412.0),),
)
_edited = Edited(
    id=ID,
    version=2,
    at=AT + 20 * MINUTE,
    text="Selling my bike, 110 €. Pictures below, collect in Ghent.",
    surface="marketplace",
    author="author-51c2",
    language="en",
    jurisdiction="BE",
    attachments=(PICTURE,),
)
_label = Label(
    kind=LabelKind.LIMITED_REACH, clause="spam-and-scams/sp1.a", regions=("BE",), expires_at=AT + 30 * DAY
)


def _ask(policy: str, effort: Effort, why: Why, result: PolicyResult, *, cached: int, output: int) -> Ask:
    usage = Usage(prompt=952, cached=cached, output=output)
    return Ask(policies=(policy,), effort=effort, why=why, results={policy: result}, model=MODEL, usage=usage)


_examples: tuple[Struct, ...] = (
    _published,
    _edited,
    Deleted(id=ID, version=2, at=AT + 3 * DAY),
    Reported(
        id=ID,
        version=2,
        at=AT + 60 * MINUTE,
        reporter="reader-77d0",
        reason="scam",
        digest=_edited.digest,
        statement="He asks for payment before one may see the bike.",
        jurisdiction="BE",
    ),
    Appealed(
        id=ID,
        version=2,
        at=AT + DAY,
        appellant="author-51c2",
        digest=_edited.digest,
        statement="I ask for no advance payment.",
        reference="ticket 5521",
    ),
    Verdict(
        id=ID,
        version=1,
        decision=Decision.HOLD,
        at=AT + 40,
        digest=_published.digest,
        case=CASE,
        stage=Stage.AUTOMATIC,
        due=AT + 40 + 10 * MINUTE,
    ),
    Verdict(
        id=ID,
        version=2,
        decision=Decision.RELEASE,
        at=AT + 21 * MINUTE,
        digest=_edited.digest,
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
    Case(
        id=ID,
        case=CASE,
        version=1,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        opened_at=AT + 40,
        due=AT + 40 + 10 * MINUTE,
        digest=_published.digest,
        source=Source(partition=3, offset=1042),
        content=_published,
    ),
    RoutedCase(
        id=ID,
        case=CASE,
        version=1,
        effect=Effect.HIDE,
        origin=Origin.PUBLISH,
        opened_at=AT + 40,
        due=AT + 40 + 10 * MINUTE,
        digest=_published.digest,
        content=_published,
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
        digest=_edited.digest,
        source=Source(partition=3, offset=1090),
        recommendation=Decision.REMOVE,
        clauses=(CLAUSE,),
        reports=1,
    ),
    ReviewClosed(id=ID, case=REPORT_CASE, at=AT + 2 * 60 * MINUTE, reason="decided"),
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
        digest=_edited.digest,
        ticket="ticket 5521",
    ),
    CaseRequested(
        id=ID,
        version=2,
        digest=_edited.digest,
        effect=Effect.WATCH,
        by="staff-12",
        reason="what the last set released is looked at again",
        at=AT + 2 * DAY,
        ticket="ticket 5522",
    ),
    CaseRouted(
        id=ID,
        case=EDIT_CASE,
        version=2,
        effect=Effect.HIDE,
        origin=Origin.EDIT,
        at=AT + 20 * MINUTE,
        opened_at=AT + 20 * MINUTE,
        due=AT + 50 * MINUTE,
        lane="bulk",
        policy_set=SET,
        surface="marketplace",
        language="en",
        policies=("harassment", "spam-and-scams"),
        rules=("giveaway-wave",),
    ),
    CaseJudged(
        id=ID,
        case=EDIT_CASE,
        version=2,
        digest=_edited.digest,
        at=AT + 21 * MINUTE,
        proposal=Proposal.RELEASE,
        policy_set=SET,
        policies=("harassment", "spam-and-scams"),
        model=MODEL,
        effort=Effort.LOW,
        source=Source(partition=3, offset=1090),
        by="judge-0",
        usage=Usage(prompt=2_856, cached=2_240, output=512),
        seconds=3.1,
        asks=(
            _ask("harassment", Effort.LOW, Why.FIRST, PolicyResult.SAFE, cached=896, output=84),
            _ask("spam-and-scams", Effort.LOW, Why.FIRST, PolicyResult.NEEDS_CONTEXT, cached=896, output=97),
            _ask("spam-and-scams", Effort.HIGH, Why.RAISED, PolicyResult.SAFE, cached=448, output=331),
        ),
        sampled=True,
        confidential=Confidential(
            judgements=(
                Judgement(
                    policy="spam-and-scams",
                    result=PolicyResult.SAFE,
                    findings=(Finding(clause="spam-and-scams/ss1", quote="collect in Ghent"),),
                    rationale="A private sale that is paid on collection.",
                ),
            ),
            reasoning={"spam-and-scams": "The seller asks for no advance payment."},
            overruled=(
                Overruled(
                    effort=Effort.LOW,
                    judgement=Judgement(
                        policy="spam-and-scams",
                        result=PolicyResult.NEEDS_CONTEXT,
                        findings=(Finding(clause="spam-and-scams/sp3.a", quote="pay"),),
                        rationale="How the buyer is to pay is not said.",
                    ),
                    reasoning="Is it paid before or at the collection?",
                ),
            ),
        ),
    ),
    CaseShadowed(
        id=ID,
        case=EDIT_CASE,
        version=2,
        digest=_edited.digest,
        at=AT + 22 * MINUTE,
        proposal=Proposal.REVIEW,
        policy_set=CANDIDATE,
        beside=SET,
        policies=("harassment",),
        model="gpt-oss-safeguard-20b",
        effort=Effort.HIGH,
        source=Source(partition=3, offset=1090),
        by="shadow",
        usage=Usage(prompt=960, cached=0, output=120),
        seconds=2.4,
        asks=(
            Ask(
                policies=("harassment",),
                effort=Effort.HIGH,
                why=Why.FIRST,
                results={"harassment": PolicyResult.NEEDS_CONTEXT},
                model="gpt-oss-safeguard-20b",
                usage=Usage(prompt=960, cached=0, output=120),
            ),
        ),
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
    PROMOTED,
    PromotionKept(number=12, promoted=PROMOTED, restores=10),
    Paused(
        action=PausedAction.REMOVE,
        policy="spam-and-scams",
        surface="marketplace",
        by="ana",
        at=AT,
        reason="it takes ticket sales for scams",
    ),
    RulesPublished(name="wave.toml", text="the whole text of the file", by="ana", at=AT),
    DeadLetter(
        processor="gate",
        topic="content",
        partition=5,
        offset=88,
        at=AT,
        error="misrouted",
        detail="The record's key is not its content id 'post/2026-11-03/7f3a': set the key to the id.",
        key=b"7f3a",
        value=b"{}",
    ),
)

EXAMPLES: dict[type[Struct], tuple[Struct, ...]] = {
    kind: tuple(example for example in _examples if type(example) is kind)
    for kind in dict.fromkeys(map(type, _examples))
}
"""At least one example of each event type."""
