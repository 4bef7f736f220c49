"""Golden cases against an engine: each asked once, the window kept, and no fault of the engine hidden."""

import asyncio

import pytest

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.policy import PolicyResult
from stream.core.policy.golden import GoldenCase
from stream.core.terms import Effort
from stream.ops.policies import trial
from stream.ops.policies.trial import Result, Trial
from tests.unit.policies.sample import policy, policy_set
from tests.unit.processors.cases import safe

CASES = [
    GoldenCase(id=f"c{number}", text=f"text {number}", language="en", result="safe") for number in range(6)
]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "PAUSE_SECONDS", 0.0)


async def tried(engine: ScriptedEngine, window: int = 2) -> Result:
    return await Trial(engine, policy_set(), Effort.HIGH, window).run(policy(), CASES)


async def test_each_case_is_asked_once_at_the_effort_and_with_the_sets_model() -> None:
    # Given an engine that takes its time
    asked: list[Question] = []
    at_once = [0, 0]

    async def answer(question: Question) -> Answer:
        asked.append(question)
        at_once[0] += 1
        at_once[1] = max(at_once)
        await asyncio.sleep(0)
        at_once[0] -= 1
        return safe(question)

    # When the cases are tried with room for two
    result = await tried(ScriptedEngine(answer))

    # Then each was asked once, as the set says, two at a time
    assert sorted(question.text for question in asked) == [case.text for case in CASES]
    assert {(question.effort, question.model) for question in asked} == {(Effort.HIGH, "larger")}
    assert at_once[1] == 2
    assert result.figures.right == len(CASES)
    assert result.shortfalls == ()


async def test_a_question_that_cannot_be_answered_counts_as_failed() -> None:
    async def answer(question: Question) -> Answer:
        if question.text == "text 3":
            raise Escalate("too long")
        return safe(question)

    result = await tried(ScriptedEngine(answer))

    assert [judgement.result for judgement in result.judgements].count(PolicyResult.FAILED) == 1
    assert result.judgements[3].failures == ("unanswerable",)


async def test_an_engine_that_is_away_is_asked_again_and_then_given_up() -> None:
    # Given an engine that comes back at the third try
    tries = 0

    async def late(question: Question) -> Answer:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise Unavailable("starting")
        return safe(question)

    assert (await tried(ScriptedEngine(late), window=1)).figures.right == len(CASES)

    # And one that never does
    async def gone(_question: Question) -> Answer:
        raise Unavailable("gone")

    with pytest.raises(Unavailable, match="gone"):
        await tried(ScriptedEngine(gone))
