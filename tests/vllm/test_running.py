"""What vLLM's own errors become: an end for people, in words that hold nothing of the prompt."""

from typing import Any, Self, cast

import pytest

from stream.adapters.vllm.running import RunningModel, Task
from stream.core.errors import Escalate


class Failing:
    """In the place of AsyncLLM: fails at every prompt, as told."""

    def __init__(self, error: Exception, cause: Exception | None = None) -> None:
        self._error = error
        self._cause = cause

    def generate(self, *_args: object, **_options: object) -> Self:
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> object:
        raise self._error from self._cause


async def said_of(engine: Failing) -> str:
    with pytest.raises(Escalate) as caught:
        await RunningModel(cast("Any", engine)).run(Task(id="q", prompt=[1, 2], tag="{}", output_tokens=3))
    return str(caught.value)


async def test_what_vllm_refuses_is_said_in_its_words() -> None:
    from vllm.exceptions import VLLMValidationError

    said = await said_of(Failing(VLLMValidationError("12 tokens are too many")))

    assert said == "vLLM refuses the question: 12 tokens are too many"


async def test_of_what_it_fails_at_unforeseen_only_the_kind_is_said() -> None:
    from vllm.v1.engine.exceptions import EngineGenerateError

    said = await said_of(Failing(EngineGenerateError(), ValueError("of a heron")))

    assert said == "vLLM failed at the question: ValueError"
