"""The engines that need no model keep the judge's contract with any engine; vLLM's test is beside vLLM's."""

from pathlib import Path

import pytest

from stream.adapters.exemplar import Exemplar
from stream.adapters.memory.engine import ScriptedEngine
from stream.adapters.policies import PolicyFolder
from stream.core.judgement import Answer, Question
from stream.ports import Engine
from tests.contract.engines import keep_the_contract

FOLDER = PolicyFolder(Path(__file__).parents[2] / "policies")


async def _safe(_question: Question) -> Answer:
    final = (
        '{"label":"safe","findings":[],"severity":0,"confidence":"high","rationale":"Fine.","remediation":""}'
    )
    return Answer(final=final, complete=True)


@pytest.mark.parametrize("engine", [ScriptedEngine(_safe), Exemplar(FOLDER.exemplars, allow=True)])
async def test_an_engine_keeps_the_contract(engine: Engine) -> None:
    await engine.start()
    await keep_the_contract(engine, FOLDER.policy("harassment"))
    await engine.stop()
