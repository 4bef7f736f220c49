"""The judge's handling of one case: asks each policy, checks, folds, and says how it came to it."""

import asyncio

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.audit import CaseJudged
from stream.core.case import Source
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.outcome import Outcome, Proposal
from stream.core.sampling import Sampling
from stream.core.terms import Decision, Effect, Effort, Origin
from stream.core.topics import TopicNames
from stream.ports import Record
from stream.processors.judge import Judge
from stream.processors.supersession import supersedes
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed, safe, value_of, violates
from tests.unit.processors.script import restricted

INSULT = post("you are a worthless idiot")


async def always_safe(question: Question) -> Answer:
    return safe(question)


async def insulted(question: Question) -> Answer:
    if question.policies[0].id == "harassment":
        return violates(question, "HR1.a", "worthless idiot", 2)
    return safe(question)


def judge(engine: ScriptedEngine, policy_set: str = "demo") -> tuple[Judge, Heard]:
    heard = Heard()
    return Judge(TopicNames(), FixedPolicies(policy_set), engine, lambda: 5_000, heard, Sampling(b"k")), heard


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
            final='{"label":"safe","findings":[],"severity":4,"confidence":"high","rationale":"","remediation":""}',
            complete=True,
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
        return violates(question, question.policies[0].clause_ids[0], "words that nobody wrote", 2)

    the_judge, heard = judge(ScriptedEngine(invented))
    outcome = decode(value_of((await the_judge.handle(record(routed(post()))))[0]), type=Outcome)
    assert outcome.proposal is Proposal.REVIEW
    assert "quote_not_in_content" in heard.failures


async def test_a_policy_that_the_set_does_not_have_goes_to_people() -> None:
    the_judge, _ = judge(ScriptedEngine(always_safe))
    work = routed(post(), policies=("harassment", "gone"))
    outcome = decode(value_of((await the_judge.handle(record(work)))[0]), type=Outcome)
    assert outcome.proposal is Proposal.REVIEW


async def test_the_text_of_answered_cases_is_told_and_that_of_given_up_ones_is_not() -> None:
    # Given a post of 12 bytes
    the_judge, heard = judge(ScriptedEngine(always_safe))
    work = record(routed(post("おはよう")))
    # When nobody answered in time / Then no text was judged
    the_judge.escalate(work, Escalate("no answer within 5 s"))
    assert heard.text == 0
    # When it is answered, under two policies / Then its text counts once
    await the_judge.handle(work)
    assert heard.text == 12


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
        if question.policies[0].id == "harassment":
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
    outcome = decode(value_of(out), type=Outcome)
    assert (outcome.proposal, outcome.restricted) == (Proposal.REVIEW, False)
    assert (outcome.surface, outcome.policies) == (post().surface, ("harassment", "spam-and-scams"))


async def test_a_timed_out_case_is_not_restricted_whatever_policies_it_has() -> None:
    policies = FixedPolicies(restricted())
    the_judge = Judge(
        TopicNames(), policies, ScriptedEngine(always_safe), lambda: 5_000, Heard(), Sampling(b"k")
    )
    (out,) = the_judge.escalate(record(routed(post())), Escalate("deadline"))
    assert not decode(value_of(out), type=Outcome).restricted


async def test_where_another_set_came_into_force_since_triage_all_that_it_asks_is_asked() -> None:
    # Given a case that a former set routed to one policy, at low effort
    asked: list[Question] = []

    async def noted(question: Question) -> Answer:
        asked.append(question)
        return safe(question)

    the_judge, _ = judge(ScriptedEngine(noted))
    former = routed(post(surface="marketplace"), policies=("harassment",), policy_set="sha256:" + "0" * 64)
    # When the judge, which has another set, judges it
    first, second = await the_judge.handle(record(former))
    # Then both of this set's policies are asked as hard as it says, and outcome and audit name it
    assert {question.policies[0].id for question in asked} == {"harassment", "spam-and-scams"}
    assert {question.effort for question in asked} == {Effort.MEDIUM}
    outcome, audit = decode(value_of(first), type=Outcome), decode(value_of(second), type=CaseJudged)
    assert outcome.policy_set == audit.policy_set == FixedPolicies().current().digest
    assert (outcome.effort, set(audit.policies)) == (Effort.MEDIUM, {"harassment", "spam-and-scams"})


async def test_what_a_rule_added_is_asked_under_another_set_too_if_that_has_it() -> None:
    # Given a case to whose route a rule added two policies, one of which the set in force has not
    added = ("spam-and-scams", "gone")
    former = routed(post(), policies=("harassment", *added), added=added, policy_set="sha256:" + "0" * 64)
    shipped = FixedPolicies().current()
    route = replace(shipped.routes[-1], policies=("harassment",))
    policies = FixedPolicies(replace(shipped, routes=(route,)))
    the_judge = Judge(
        TopicNames(), policies, ScriptedEngine(always_safe), lambda: 5_000, Heard(), Sampling(b"k")
    )
    # When it is judged / Then the route is the set's own, and of what was added what it has
    _, audit = await the_judge.handle(record(former))
    assert decode(value_of(audit), type=CaseJudged).policies == ("harassment", "spam-and-scams")


async def test_what_the_set_in_force_gives_to_people_no_model_is_asked_about() -> None:
    # Given a case that a former set routed, in a language that the set in force does not have
    the_judge, heard = judge(ScriptedEngine(always_safe))
    former = routed(post("Добрый день", language="ru"), policy_set="sha256:" + "0" * 64)
    # When it is judged / Then it is handed to people unasked
    with pytest.raises(Escalate, match="language: ru"):
        await the_judge.handle(record(former))
    assert heard.tokens == 0


async def test_every_event_has_an_id_of_its_own_and_a_repeat_keeps_it() -> None:
    # Given one case as it was opened, as a report raised it, and as an appeal took it over
    the_judge, _ = judge(ScriptedEngine(always_safe))
    looks = [
        record(routed(post(), origin=origin, effort=effort))
        for origin, effort in (
            (Origin.PUBLISH, Effort.LOW),
            (Origin.REPORT, Effort.HIGH),
            (Origin.APPEAL, Effort.HIGH),
        )
    ]

    async def ids() -> list[bytes]:
        events = [out for look in looks for out in await the_judge.handle(look)]
        events += [out for look in looks for out in the_judge.escalate(look, Escalate("deadline"))]
        return [dict(out.headers)["ce_id"] for out in events]

    # When each is judged and given up, and all of it again
    first, second = await ids(), await ids()
    # Then no two events share an id, and the second time brings the same ones
    assert len(set(first)) == len(first) == 9
    assert first == second


def first_look(version: int, offset: int, text: str = "hello") -> Record:
    origin = Origin.PUBLISH if version == 1 else Origin.EDIT
    content = post(text, version=version)
    return record(routed(content, case=f"c0-{offset}", origin=origin, source=Source(0, offset)))


def test_a_newer_text_or_a_harder_look_supersedes_a_first_look() -> None:
    first = first_look(1, 7)
    assert supersedes(first_look(2, 9), first)
    assert supersedes(record(routed(post(), case="c0-7", effort=Effort.HIGH, origin=Origin.REPORT)), first)


def test_an_older_case_that_comes_late_or_again_supersedes_nothing() -> None:
    # Given the same version with another text, held at once as a case of its own
    newest = first_look(1, 9, "another text")
    # When the case of the first text comes behind it: triage was quicker with the second, or ran again
    # Then the live case goes on: nothing else would answer it
    assert not supersedes(first_look(1, 7), newest)
    assert not supersedes(first_look(2, 8), first_look(3, 9))
    assert supersedes(newest, first_look(1, 7))


def test_what_was_reported_is_still_judged_after_an_edit() -> None:
    reported = record(routed(post(), origin=Origin.REPORT, effort=Effort.HIGH, source=Source(0, 7)))
    watched = record(routed(post(), effect=Effect.WATCH, origin=Origin.APPEAL, source=Source(0, 7)))
    newer = first_look(2, 9)
    assert not supersedes(newer, reported)
    assert not supersedes(newer, watched)
    assert not supersedes(first_look(1, 7), first_look(1, 7))
