"""What may be danger to a life, or for few people only, is not lost by a faulty answer or a deadline."""

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.outcome import Outcome, Proposal
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.core.topics import TopicNames
from stream.ports import Record
from stream.processors.judge import Judge
from tests.unit.processors.cases import FixedPolicies, Heard, post, record, routed, value_of, violates
from tests.unit.processors.script import BOTH, DEMO, TEXT, Engine, Script, answering, judged


def alarmed(policy_set: PolicySet = DEMO) -> PolicySet:
    """The set, with every clause of harassment urgent."""
    text = policy_set.policies["harassment"]
    clauses = tuple(replace(one, urgent=one.violates) for one in text.clauses)
    return replace(policy_set, policies=policy_set.policies | {"harassment": replace(text, clauses=clauses)})


class Slipping(Script):
    """Names the clause that is broken, at a severity that no ladder has; at high effort as told."""

    async def __call__(self, question: Question) -> Answer:
        self.asked.append(question)
        policy = question.policies[0]
        if policy.id == "harassment" and question.effort is Effort.LOW:
            clause = next(one for one in policy.clauses if one.violates)
            return violates(question, clause.id, "worthless", 4)
        return self._one(question)


@pytest.mark.parametrize(("then", "urgent"), [("failed", True), ("violates", True), ("safe", False)])
async def test_an_alarm_in_an_answer_that_may_not_be_trusted_counts_unless_a_sound_one_takes_its_place(
    then: str, urgent: bool
) -> None:
    found = await judged(Slipping({("harassment", Effort.HIGH): then}), alarmed())

    assert found.audit.failures.get("harassment", ()) == (("not_json",) if then == "failed" else ())
    assert found.outcome.urgent is urgent


async def test_an_alarm_at_low_effort_is_not_lost_where_high_effort_gives_no_sound_answer() -> None:
    found = await judged(answering(harassment_low="violates", harassment_high="failed"), alarmed())

    assert (found.outcome.urgent, found.outcome.proposal) == (True, Proposal.REVIEW)


class Dying(Script):
    """Answers at low effort; at high effort the engine is away."""

    async def __call__(self, question: Question) -> Answer:
        if question.effort is Effort.HIGH:
            raise Unavailable("it died")
        return await super().__call__(question)


async def escalated(words: dict[tuple[str, Effort], str], policies: PolicySet, **fields: object) -> Outcome:
    """The outcome of a case whose deadline passes after some of its answers came."""
    script = Dying(words)
    judge = Judge(
        TopicNames(), FixedPolicies(policies), Engine(script), lambda: 5_000, Heard(), Sampling(b"k")
    )
    work: Record = record(routed(post(TEXT), policy_set=policies.digest, **{"policies": BOTH, **fields}))
    if words:
        with pytest.raises(Unavailable):
            await judge.handle(work)
    (out,) = judge.escalate(work, Escalate("no answer within 120 s"))
    return decode(value_of(out), type=Outcome)


async def test_an_engine_that_comes_back_is_asked_only_what_it_did_not_answer() -> None:
    # Given a server for high effort that is away when a case is first asked, and another for low effort
    away, script = [True], Script({("harassment", Effort.LOW): "violates"})

    async def answer(question: Question) -> Answer:
        if question.effort is Effort.HIGH and away:
            raise Unavailable("it is away")
        return await script(question)

    heard = Heard()
    judge = Judge(
        TopicNames(), FixedPolicies(DEMO), ScriptedEngine(answer), lambda: 5_000, heard, Sampling(b"k")
    )
    work = record(routed(post(TEXT), policy_set=DEMO.digest, policies=BOTH))
    with pytest.raises(Unavailable):
        await judge.handle(work)
    # When it is back, then each question was answered once, and its tokens count once
    away.clear()
    await judge.handle(work)
    asked = sorted((question.policies[0].id, question.effort.value) for question in script.asked)
    assert asked == [("harassment", "high"), ("harassment", "low"), ("spam-and-scams", "low")]
    # When the case comes once more, which another process may have answered, then all is asked anew
    await judge.handle(work)
    assert len(script.asked) == 6


async def test_a_deadline_keeps_what_answers_said_of_danger_until_then() -> None:
    found = await escalated({("harassment", Effort.LOW): "violates"}, alarmed())

    assert (found.urgent, found.restricted, found.proposal) == (True, False, Proposal.REVIEW)


async def test_a_deadline_keeps_what_answers_said_of_restricted_content_until_then() -> None:
    text = DEMO.policies["harassment"]
    few = replace(DEMO, policies=DEMO.policies | {"harassment": replace(text, restricted=True)})

    assert (await escalated({("harassment", Effort.LOW): "violates"}, few)).restricted


async def test_a_deadline_before_any_answer_says_no_more_than_the_lane_did() -> None:
    assert not (await escalated({}, alarmed())).urgent
    assert (await escalated({}, alarmed(), urgent=True)).urgent


async def test_a_case_known_to_be_for_few_stays_here_and_nothing_of_it_is_kept() -> None:
    # Given a new version of what was restricted, under policies that are not
    found = await judged(answering(harassment_low="violates", harassment_high="violates"), restricted=True)

    # Then only a local model is asked, and the record holds no word of it
    assert all(question.local_only for question in found.script.asked)
    assert found.audit.restricted
    assert found.audit.confidential is None


async def test_what_no_model_was_asked_about_is_not_for_few() -> None:
    text = DEMO.policies["harassment"]
    few = replace(DEMO, policies=DEMO.policies | {"harassment": replace(text, restricted=True)})

    found = await judged(Script({}, local=False), few)

    assert (found.outcome.proposal, found.outcome.restricted) == (Proposal.REVIEW, False)
    assert not found.audit.restricted
