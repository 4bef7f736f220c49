"""vLLM's own offline loop, `LLM.generate`: every prompt handed over at once, nothing in its way.

The same prompts by token, the same grammar and limits, temperature 0: what a judge can at most come to.
As a side (under .venv-vllm) it stays up and answers a round for each line on standard input.
"""

import logging
import sys
import time
from collections.abc import Sequence

from msgspec import Struct

from bench.errand import Errand, tell
from bench.load import cases
from bench.model import model_folder, options, questions
from stream.adapters.vllm.harmony import Harmony
from stream.adapters.vllm.options import VllmOptions
from stream.adapters.vllm.prompts import Prompts
from stream.adapters.vllm.running import arguments, prepare_environment, sampling
from stream.core.judgement import Question
from stream.core.policy.policy_set import Prompting


class Throughput(Struct, frozen=True):
    """What came out of one batch. `incomplete` counts the answers that length cut off."""

    answers: int
    incomplete: int
    prompt_tokens: int
    cached_tokens: int
    output_tokens: int
    seconds: float


class Offline:
    """A running `LLM`."""

    def __init__(self, settings: VllmOptions) -> None:
        """Load the model: seconds."""
        prepare_environment()
        from vllm import LLM

        self._prompts = Prompts(Harmony(), settings)
        self._llm = LLM(**arguments(settings))

    def measure(self, asked: Sequence[Question]) -> Throughput:
        """Answer all of them, and say how fast."""
        from vllm.inputs.engine import tokens_input

        tasks = [self._prompts.task(question) for question in asked]
        begun = time.perf_counter()
        outputs = self._llm.generate(
            [tokens_input(task.prompt) for task in tasks],
            [sampling(task) for task in tasks],
            priority=[task.priority for task in tasks],
            use_tqdm=False,
        )
        seconds = time.perf_counter() - begun
        return Throughput(
            answers=len(outputs),
            incomplete=sum(output.outputs[0].finish_reason != "stop" for output in outputs),
            prompt_tokens=sum(len(task.prompt) for task in tasks),
            cached_tokens=sum(output.num_cached_tokens or 0 for output in outputs),
            output_tokens=sum(len(output.outputs[0].token_ids) for output in outputs),
            seconds=seconds,
        )


def main() -> None:
    """Start, and answer a round of cases for each line on standard input: the number of its first case."""
    logging.disable(logging.WARNING)
    errand = Errand.given()
    offline = Offline(options(model_folder(), int(errand.options["slots"])))
    tell("ready")
    for line in sys.stdin:
        posts = cases(errand.count, first=int(line), policies=tuple(errand.options["policies"]))
        found = offline.measure(questions(posts, Prompting(errand.options["prompting"])))
        tell("result", **{field: getattr(found, field) for field in found.__struct_fields__})


if __name__ == "__main__":
    main()
