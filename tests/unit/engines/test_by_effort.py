"""Two engines as one: who is asked at which effort, and what the settings make of it."""

import pytest
from msgspec.structs import replace

from stream.adapters.by_effort import ByEffort
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.openai import OpenAiEngine, OpenAiOptions
from stream.adapters.vllm import VllmEngine, VllmOptions
from stream.config import Settings
from stream.config.settings import EngineKind, Judge
from stream.core.judgement import Answer, Question
from stream.core.terms import Effort
from stream.wiring.workers import engine_of
from tests.contract.engines import keep_the_contract
from tests.unit.engines.model_server import MODEL, SAFE, ModelServer, well
from tests.vllm.questions import policy, question

SERVER = OpenAiOptions(base_url="http://127.0.0.1:9/v1", model="gpt-oss-safeguard-120b")


async def safe(_question: Question) -> Answer:
    return Answer(final=SAFE, complete=True)


async def test_high_effort_goes_to_the_other_model_and_the_answer_names_it() -> None:
    engine = ByEffort(ScriptedEngine(safe, "small"), ScriptedEngine(safe, "large"))
    answered = {effort: (await engine.ask(question(effort=effort))).model for effort in Effort}
    assert answered == {Effort.LOW: "small", Effort.MEDIUM: "small", Effort.HIGH: "large"}
    await keep_the_contract(engine, policy("contract"))


async def test_a_small_model_here_and_a_large_one_elsewhere() -> None:
    # Given a large model on a server that is not the operator's own
    async with ModelServer(well).running() as server:
        away = OpenAiEngine(OpenAiOptions(base_url=server.url, model=MODEL, local=False), "judge.openai_high")
        engine = ByEffort(ScriptedEngine(safe, "small"), away)
        await engine.start()
        restricted = replace(question(), local_only=True)
        # When restricted content is asked about, then the small one answers at any effort
        assert (await engine.ask(restricted)).model == "small"
        assert (await engine.ask(replace(restricted, effort=Effort.HIGH, model=MODEL))).model == "small"
        assert engine.local
        assert server.asked == []
        assert (await engine.ask(question(effort=Effort.HIGH))).model == "gpt-oss-safeguard-20b"
        await engine.stop()


@pytest.mark.parametrize(
    ("judge", "kinds"),
    [
        (Judge(engine=EngineKind.VLLM, vllm=VllmOptions()), [VllmEngine]),
        (Judge(engine=EngineKind.OPENAI, openai=SERVER), [OpenAiEngine]),
        (Judge(engine=EngineKind.VLLM, openai_high=SERVER), [VllmEngine, OpenAiEngine]),
        (Judge(engine=EngineKind.OPENAI, openai=SERVER, openai_high=SERVER), [OpenAiEngine, OpenAiEngine]),
    ],
)
def test_the_settings_name_one_engine_or_two(judge: Judge, kinds: list[type]) -> None:
    engine = engine_of(Settings(judge=judge))
    assert [type(one) for one in getattr(engine, "engines", (engine,))] == kinds
