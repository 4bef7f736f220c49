"""vLLM's own benchmark client (`vllm bench serve`, backend openai-chat) before the same server.

The same chats, bound and held to the same form, at the same concurrency. As a side (under .venv-vllm) it
stays up and sends a round for each line on standard input: the number of its first case.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from bench.errand import Errand, tell
from bench.load import cases
from bench.model import questions
from bench.server import MODEL, options
from stream.adapters.openai.request import Form, body_of, chat_of
from stream.core.judgement import Question
from stream.core.policy.policy_set import Prompting


async def measure(asked: Sequence[Question], url: str, at_once: int) -> dict[str, Any]:
    """Send all of them, and say how fast they were answered."""
    from vllm.benchmarks.serve import TaskType, benchmark

    settings = options(url, at_once)
    bodies = [
        msgspec.json.decode(body_of(chat_of(one, settings, MODEL), settings, Form.JSON_SCHEMA))
        for one in asked
    ]
    result: dict[str, Any] = await benchmark(
        task_type=TaskType.GENERATION,
        endpoint_type="openai-chat",
        api_url=f"{url}/chat/completions",
        base_url=url.removesuffix("/v1"),
        model_id=MODEL,
        model_name=MODEL,
        tokenizer=None,
        input_requests=[_request(body) for body in bodies],
        logprobs=None,
        request_rate=float("inf"),
        burstiness=1.0,
        disable_tqdm=True,
        num_warmups=0,
        profile=False,
        selected_percentile_metrics=[],
        selected_percentiles=[99.0],
        ignore_eos=False,
        goodput_config_dict={},
        max_concurrency=at_once,
        lora_modules=None,
        extra_headers=None,
        extra_body=None,
    )
    assert result["completed"] == len(asked), f"{result['completed']} of {len(asked)} were answered"
    return {"output_tokens": result["total_output_tokens"], "seconds": result["duration"]}


def _request(body: dict[str, Any]) -> Any:  # noqa: ANN401 - vLLM's own
    from vllm.benchmarks.datasets import SampleRequest

    messages = body.pop("messages")
    return SampleRequest(
        prompt="",
        prompt_len=0,
        expected_output_len=body.pop("max_tokens"),
        chat_messages=messages,
        request_overrides=body,
    )


def main() -> None:
    """Answer lines until standard input ends."""
    logging.disable(logging.WARNING)
    errand = Errand.given()
    url, at_once = errand.options["url"], int(errand.options["slots"])
    tell("ready")
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - the client prints its own tables
    for line in sys.stdin:
        asked = questions(cases(errand.count, first=int(line)), Prompting.SINGLE)
        tell("result", **asyncio.run(measure(asked, url, at_once)))


if __name__ == "__main__":
    main()
