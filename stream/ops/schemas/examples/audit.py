"""How triage and the judge came to what they say."""

from msgspec import Struct

from stream.core.audit import Ask, CaseJudged, CaseRouted, CaseShadowed, Confidential, Overruled
from stream.core.cascade import Why
from stream.core.case import Source
from stream.core.judgement import Finding, Judgement, Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.core.terms import Effect, Effort, Origin
from stream.ops.schemas.examples.post import AT, CANDIDATE, EDIT_CASE, EDITED, ID, MINUTE, MODEL, SET


def _ask(policy: str, effort: Effort, why: Why, result: PolicyResult, usage: Usage) -> Ask:
    return Ask(policies=(policy,), effort=effort, why=why, results={policy: result}, model=MODEL, usage=usage)


EXAMPLES: tuple[Struct, ...] = (
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
        digest=EDITED.digest,
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
            _ask("harassment", Effort.LOW, Why.FIRST, PolicyResult.SAFE, Usage(952, 896, 84)),
            _ask("spam-and-scams", Effort.LOW, Why.FIRST, PolicyResult.NEEDS_CONTEXT, Usage(952, 896, 97)),
            _ask("spam-and-scams", Effort.HIGH, Why.RAISED, PolicyResult.SAFE, Usage(952, 448, 331)),
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
        digest=EDITED.digest,
        at=AT + 22 * MINUTE,
        proposal=Proposal.REVIEW,
        policy_set=CANDIDATE,
        beside=SET,
        policies=("harassment",),
        model=MODEL,
        effort=Effort.HIGH,
        source=Source(partition=3, offset=1090),
        by="shadow",
        usage=Usage(prompt=960, cached=0, output=120),
        seconds=2.4,
        asks=(_ask("harassment", Effort.HIGH, Why.FIRST, PolicyResult.NEEDS_CONTEXT, Usage(960, 0, 120)),),
    ),
)
