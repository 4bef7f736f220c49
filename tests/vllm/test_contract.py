"""vLLM keeps the judge's contract with any engine."""

import pytest

from stream.adapters.vllm import VllmEngine
from tests.contract.engines import keep_the_contract
from tests.vllm.questions import policy

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_engine_keeps_the_contract(engine: VllmEngine) -> None:
    await keep_the_contract(engine, policy("contract"))
