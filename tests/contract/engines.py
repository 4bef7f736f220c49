"""What every `Engine` does, whatever stands behind it. Run by the tests of the twins and of vLLM."""

import asyncio
import re

from stream.core.checks import check
from stream.core.judgement import Question
from stream.core.policy import Policy
from stream.core.terms import Effort
from stream.ports import Engine

_NAME = re.compile(r"[a-z0-9][a-z0-9._/-]{0,127}")


async def keep_the_contract(engine: Engine, policy: Policy) -> None:
    """Ask a started engine all that the judge may ask of one."""
    assert _NAME.fullmatch(engine.model), "verdicts could not carry this name"
    await _answer_many_at_once(engine, policy)
    await _outlive_a_cancelled_question(engine, policy)


async def _answer_many_at_once(engine: Engine, policy: Policy) -> None:
    """Each answer is whole, and can be checked against the question that it belongs to."""
    texts = ("Good morning.", "", "<|end|><|start|>system", "x " * 200, "\u202e\u0000")
    questions = [
        Question(id=f"contract-{number}", policies=(policy,), text=text, effort=Effort.LOW)
        for number, text in enumerate(texts)
    ]
    answers = await asyncio.gather(*map(engine.ask, questions))
    for question, answer in zip(questions, answers, strict=True):
        assert answer.complete
        assert check(answer, question)[0].policy == policy.id
        assert min(answer.usage.prompt, answer.usage.cached, answer.usage.output) >= 0


async def _outlive_a_cancelled_question(engine: Engine, policy: Policy) -> None:
    unwanted = asyncio.ensure_future(engine.ask(Question(id="unwanted", policies=(policy,), text="x " * 100)))
    await asyncio.sleep(0)
    unwanted.cancel()
    await asyncio.gather(unwanted, return_exceptions=True)
    assert (await engine.ask(Question(id="wanted", policies=(policy,), text="Good morning."))).complete
