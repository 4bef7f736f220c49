"""A policy in shadow is judged and recorded, and nothing that it says, costs or breaks changes an outcome."""

import pytest
from msgspec.structs import replace

from stream.core.cascade import Why
from stream.core.content import Published
from stream.core.judgement import Answer, Question
from stream.core.outcome import Proposal
from stream.core.policy import Autonomy, PolicyResult
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Decision
from stream.core.verdict import Verdict
from tests.unit.processors.cases import post
from tests.unit.processors.desk import Desk
from tests.unit.processors.script import DEMO, SAY, Script, answering, bundled, judged
from tests.unit.processors.test_gate import case_in

SHADOW = replace(DEMO, autonomy={**DEMO.autonomy, "spam-and-scams": Autonomy.SHADOW})
ALONE = replace(SHADOW, autonomy=dict.fromkeys(DEMO.policies, Autonomy.SHADOW))


@pytest.mark.parametrize("word", sorted(SAY))
@pytest.mark.parametrize("given_set", [SHADOW, bundled(SHADOW)], ids=["single", "bundled"])
async def test_whatever_it_says_the_others_decide_and_the_record_has_it(
    word: str, given_set: PolicySet
) -> None:
    found = await judged(answering(spam_low=word, spam_high=word), given_set)

    assert found.outcome.proposal is Proposal.RELEASE
    assert (found.outcome.clauses, found.outcome.labels, found.outcome.reason) == ((), (), "")
    asks = [one for one in found.audit.asks if one.policies == ("spam-and-scams",)]
    assert asks[0].why is Why.FIRST
    if word in ("violates", "needs_context"):
        assert found.judgements["spam-and-scams"].result is PolicyResult(word)


async def test_it_decides_as_little_where_another_removes() -> None:
    found = await judged(answering(harassment_low="violates", harassment_high="violates"), SHADOW)

    assert found.outcome.proposal is Proposal.REMOVE
    assert {clause.partition("/")[0] for clause in found.outcome.clauses} == {"harassment"}


async def test_it_is_never_read_beside_a_policy_that_counts() -> None:
    # Given a set that asks all in one prompt, and one of them in shadow
    found = await judged(answering(), bundled(SHADOW))

    # Then each was asked alone, with the prompt that the counting one has without it
    assert [[one.id for one in question.policies] for question in found.script.asked] == [
        ["harassment"],
        ["spam-and-scams"],
    ]


async def test_where_every_policy_is_in_shadow_people_decide() -> None:
    found = await judged(answering(), ALONE)

    assert found.outcome.proposal is Proposal.REVIEW


async def test_the_model_and_effort_of_an_outcome_are_those_of_what_counts() -> None:
    class Two(Script):
        async def __call__(self, question: Question) -> Answer:
            answer = await super().__call__(question)
            return replace(answer, model=question.policies[0].id)

    found = await judged(Two({}), SHADOW)

    assert found.outcome.model == found.audit.model == "harassment"


async def test_at_the_gate_a_post_that_only_a_shadow_forbids_becomes_visible() -> None:
    # Given a held post
    desk = Desk()
    published: Published = post("you are a worthless idiot")
    case = case_in(desk.send(published))

    # When a policy in shadow would remove it, and the one that counts finds nothing
    found = await judged(answering(spam_low="violates", spam_high="violates"), SHADOW)
    outcome = replace(found.outcome, case=case.case)
    (verdict, *_rest) = desk.send(outcome, "outcomes")

    # Then it is released, and no notice speaks of the shadow
    assert isinstance(verdict, Verdict)
    assert (verdict.decision, verdict.clauses) == (Decision.RELEASE, ())
