"""Golden cases against an engine: asked as in service, the window kept, no fault of the engine hidden."""

import asyncio

import pytest

from stream.adapters.memory.engine import ScriptedEngine
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Answer, Question
from stream.core.policy import PolicyResult
from stream.core.policy.golden import GoldenCase
from stream.core.terms import Effort
from stream.ops.evaluation import judging
from stream.ops.policies.trial import Result, Trial
from tests.unit.policies.sample import named, policy, policy_set
from tests.unit.processors.cases import safe, violates

CASES = [
    GoldenCase(id=f"c{number}", text=f"text {number}", language="en", result="safe") for number in range(6)
]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "PAUSE_SECONDS", 0.0)


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


async def test_what_is_measured_is_the_whole_cascade_from_the_effort_of_the_route() -> None:
    # Given an engine that flags one text at low effort, and takes it back at high effort
    asked: list[tuple[str, Effort, str | None]] = []

    async def answer(question: Question) -> Answer:
        asked.append((question.text, question.effort, question.model))
        flagged = question.text == "text 3" and question.effort is Effort.LOW
        return violates(question, "RU1.a", "text", 1) if flagged else safe(question)

    # When the cases are tried as the set would have them judged
    result = await Trial(ScriptedEngine(answer), policy_set(), None, 2).run(policy(), CASES)

    # Then that text alone was asked about twice, and its last answer counts
    once = [(case.text, Effort.LOW, None) for case in CASES]
    assert set(asked) == {*once, ("text 3", Effort.HIGH, "larger")}
    assert len(asked) == len(once) + 1
    assert result.judgements[3].result is PolicyResult.SAFE
    assert [one.question.effort for one in result.asked if one is not None].count(Effort.HIGH) == 1


async def test_a_policy_is_asked_as_the_last_route_that_has_it_says_and_needs_no_signal() -> None:
    # Given a policy that one place alone asks, at high effort, where there is a signal
    only = policy_set(lambda text: text.replace('policies = ["rude", "loud"]', 'policies = ["rude"]'))
    asked: list[Effort] = []

    async def answer(question: Question) -> Answer:
        asked.append(question.effort)
        return safe(question)

    result = await Trial(ScriptedEngine(answer), only, None, 2).run(named("loud"), CASES[:2])

    assert asked == [Effort.HIGH] * 2
    assert result.figures.right == 2


async def test_nothing_is_drawn_for_an_audit_so_that_another_run_asks_the_same() -> None:
    audited = policy_set(lambda text: text.replace("audited = 0.02", "audited = 1.0"))
    asked: list[Question] = []

    async def answer(question: Question) -> Answer:
        asked.append(question)
        return safe(question)

    await Trial(ScriptedEngine(answer), audited, None, 2).run(policy(), CASES)
    assert len(asked) == len(CASES)


async def test_a_case_in_a_language_that_the_set_does_not_take_is_not_asked_about() -> None:
    turkish = GoldenCase(id="tr", text="metin", language="tr", result="safe")

    async def answer(question: Question) -> Answer:
        return safe(question)

    trial = Trial(ScriptedEngine(answer), policy_set(), None, 2)
    result = await trial.run(policy(), [*CASES, turkish])

    # Then it counts for nothing, and a policy with no other has none
    assert (result.figures.cases, result.outside) == (len(CASES), 1)
    assert "no golden cases in a language of the set" in (await trial.run(policy(), [turkish])).shortfalls[0]


async def test_the_window_stays_full_from_one_policy_to_the_next() -> None:
    # Given two policies with three cases each, and room for all six
    at_once, most = 0, 0

    async def answer(question: Question) -> Answer:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return safe(question)

    golden = [(policy(), CASES[:3]), (named("loud"), CASES[3:])]
    results = await Trial(ScriptedEngine(answer), policy_set(), Effort.HIGH, 6).run_all(golden)

    assert most == 6
    assert [(result.policy.id, result.figures.right) for result in results] == [("rude", 3), ("loud", 3)]


async def test_a_question_that_cannot_be_answered_counts_as_failed() -> None:
    async def answer(question: Question) -> Answer:
        if question.text == "text 3":
            raise Escalate("too long")
        return safe(question)

    result = await tried(ScriptedEngine(answer))

    assert [judgement.result for judgement in result.judgements].count(PolicyResult.FAILED) == 1
    assert result.judgements[3].failures == ("unanswerable",)


async def test_a_case_without_a_text_is_asked_of_nobody_and_counts_as_failed() -> None:
    async def answer(question: Question) -> Answer:
        raise AssertionError(question.id)

    empty = GoldenCase(id="empty", text=" ", language="en", result="safe")
    result = await Trial(ScriptedEngine(answer), policy_set(), None, 2).run(policy(), [empty])

    assert (result.results, result.asked) == ([PolicyResult.FAILED], (None,))


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
