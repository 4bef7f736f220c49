"""The judge's handling of one case: asks each policy, checks, folds, and says how it came to it."""

import asyncio

import pytest
from msgspec.json import decode

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.audit import CaseJudged
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.outcome import Outcome, Proposal
from stream.core.terms import Decision, Effect, Effort, Origin
from stream.core.topics import TopicNames
from stream.processors.judge import Judge, supersedes
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed, safe, value_of, violates

INSULT = post("you are a worthless idiot")


async def always_safe(question: Question) -> Answer:
    return safe(question)


async def insulted(question: Question) -> Answer:
    if question.policy.id == "harassment":
        return violates(question, "HR1.a", "worthless idiot", 2)
    return safe(question)


def judge(engine: ScriptedEngine, policy_set: str = "demo") -> tuple[Judge, Heard]:
    heard = Heard()
    return Judge(TopicNames(), FixedPolicies(policy_set), engine, lambda: 5_000, heard), heard


async def test_safe_under_every_policy_is_released_and_audited() -> None:
    the_judge, heard = judge(ScriptedEngine(always_safe))
    first, second = await the_judge.handle(record(routed(post())))
    outcome, audit = decode(value_of(first), type=Outcome), decode(value_of(second), type=CaseJudged)
    assert (outcome.proposal, outcome.case) == (Proposal.RELEASE, "c0-7")
    assert outcome.policy_set == FixedPolicies().current().digest
    assert (audit.usage.prompt, audit.usage.output, heard.tokens) == (200, 40, 240)


async def test_a_violation_is_removed_where_the_model_may() -> None:
    the_judge, _ = judge(ScriptedEngine(insulted))
    outcome = decode(value_of((await the_judge.handle(record(routed(INSULT))))[0]), type=Outcome)
    assert (outcome.proposal, outcome.clauses) == (Proposal.REMOVE, ("harassment/hr1.a",))
    assert outcome.notices, "the author is told in words that a person wrote"


async def test_by_default_a_removal_is_a_recommendation_to_people() -> None:
    the_judge, _ = judge(ScriptedEngine(insulted), "default")
    outcome = decode(value_of((await the_judge.handle(record(routed(INSULT))))[0]), type=Outcome)
    assert (outcome.proposal, outcome.recommendation) == (Proposal.REVIEW, Decision.REMOVE)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(final="", complete=True),
        Answer(final='{"label": "safe"', complete=False),
        Answer(
            final='{"label":"safe","findings":[],"severity":4,"rationale":"","remediation":""}', complete=True
        ),
        Answer(final='{"label":"released"}', complete=True),
    ],
)
async def test_an_answer_that_fails_a_check_never_releases(answer: Answer) -> None:
    async def broken(_question: Question) -> Answer:
        return answer

    the_judge, heard = judge(ScriptedEngine(broken))
    outcome = decode(value_of((await the_judge.handle(record(routed(post()))))[0]), type=Outcome)
    assert outcome.proposal is Proposal.REVIEW
    assert heard.failures


async def test_an_invented_quote_never_removes() -> None:
    async def invented(question: Question) -> Answer:
        return violates(question, question.policy.clause_ids[0], "words that nobody wrote", 2)

    the_judge, heard = judge(ScriptedEngine(invented))
    outcome = decode(value_of((await the_judge.handle(record(routed(post()))))[0]), type=Outcome)
    assert outcome.proposal is Proposal.REVIEW
    assert "quote_not_in_content" in heard.failures


async def test_a_policy_that_the_set_does_not_have_goes_to_people() -> None:
    the_judge, _ = judge(ScriptedEngine(always_safe))
    work = routed(post(), policies=("harassment", "gone"))
    outcome = decode(value_of((await the_judge.handle(record(work)))[0]), type=Outcome)
    assert outcome.proposal is Proposal.REVIEW


async def test_a_question_that_can_never_be_answered_goes_to_people() -> None:
    async def too_long(_question: Question) -> Answer:
        raise Escalate("too long")

    the_judge, _ = judge(ScriptedEngine(too_long))
    outcome = decode(value_of((await the_judge.handle(record(routed(post()))))[0]), type=Outcome)
    assert outcome.proposal is Proposal.REVIEW


async def test_an_engine_that_died_leaves_the_case_to_the_runner_and_asks_nothing_more() -> None:
    # Given an engine that dies on one policy while the other is still being asked
    cancelled = asyncio.Event()

    async def dying(question: Question) -> Answer:
        if question.policy.id == "harassment":
            raise Unavailable("engine died")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return safe(question)

    the_judge, _ = judge(ScriptedEngine(dying))
    with pytest.raises(Unavailable):
        await the_judge.handle(record(routed(post())))
    await asyncio.wait_for(cancelled.wait(), 5)


async def test_a_timed_out_case_goes_to_people() -> None:
    the_judge, _ = judge(ScriptedEngine(always_safe))
    (out,) = the_judge.escalate(record(routed(post())), Escalate("deadline"))
    assert decode(value_of(out), type=Outcome).proposal is Proposal.REVIEW


def test_a_newer_text_or_a_harder_look_supersedes_a_first_look() -> None:
    first = record(routed(post()))
    newer = record(routed(post("edited", version=2), case="c0-9", origin=Origin.EDIT))
    harder = record(routed(post(), effort=Effort.HIGH, origin=Origin.REPORT))
    assert supersedes(newer, first)
    assert supersedes(harder, first)


def test_what_was_reported_is_still_judged_after_an_edit() -> None:
    reported = record(routed(post(), origin=Origin.REPORT, effort=Effort.HIGH))
    watched = record(routed(post(), effect=Effect.WATCH, origin=Origin.APPEAL))
    newer = record(routed(post("edited", version=2), case="c0-9", origin=Origin.EDIT))
    assert not supersedes(newer, reported)
    assert not supersedes(newer, watched)
    assert not supersedes(record(routed(post())), record(routed(post())))
