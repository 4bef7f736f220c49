"""One running vLLM with its processes: token ids in, token ids out. The only file that imports vllm."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from stream.adapters.vllm.options import VllmOptions
from stream.adapters.vllm.owner import claim
from stream.core.errors import Escalate, Misconfigured, Unavailable

if TYPE_CHECKING:
    from vllm import CompletionOutput, RequestOutput, SamplingParams
    from vllm.v1.engine.async_llm import AsyncLLM

ARCHITECTURE = "gpt_oss"
WARM_UP_TOKENS = 128
"""A shorter first prompt kills a small bfloat16 model on hosts with AMX, which is set up by a longer one."""

ENVIRONMENT = {
    # A forked child would inherit the locks of Kafka's threads; a spawned one inherits nothing.
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
}
"""Set where the operator has not: vLLM reads its own behaviour from the environment."""


class Task(Struct, frozen=True):
    """One prompt and the bounds of its answer. Lower priorities run first.

    `at_random`: tokens are drawn by their probabilities, instead of the likeliest one each time.
    """

    id: str
    prompt: list[int]
    tag: str
    output_tokens: int
    priority: int = 0
    at_random: bool = False


class Completion(Struct, frozen=True):
    """What came out: `ended` by the model itself (or the grammar's end), not by length or an abort.

    `log_probabilities` are the tokens' own, among those that the grammar allowed, at temperature 1.
    """

    tokens: Sequence[int]
    log_probabilities: Sequence[float]
    cached: int
    ended: bool


class RunningModel:
    """vLLM's AsyncLLM, alive or dead. Made by `launch`; once dead it stays so."""

    def __init__(self, engine: "AsyncLLM") -> None:
        """Wrap an AsyncLLM."""
        self._engine: AsyncLLM | None = engine

    @classmethod
    def launch(cls, options: VllmOptions) -> "RunningModel":
        """Load the model in processes of its own. Blocks for seconds to minutes: call it in a thread.

        Raises:
            Misconfigured: vllm is not installed, or the model is not a gpt-oss.
            Exception: whatever vLLM raises where it cannot start.
        """
        prepare_environment()
        try:
            from vllm import AsyncEngineArgs
            from vllm.usage.usage_lib import UsageContext
            from vllm.v1.engine.async_llm import AsyncLLM
        except ImportError as error:
            raise Misconfigured(
                f'The engine `vllm` needs vLLM ({error}): on a GPU machine `pip install "vllm>=0.32"`,'
                " on CPU (Linux, x86-64) install requirements/vllm.txt; or choose --engine exemplar."
            ) from error
        # The offline class's defaults: nobody waits for a first token here, so large batches pay.
        configuration = AsyncEngineArgs(**arguments(options)).create_engine_config(UsageContext.LLM_CLASS)
        found = configuration.model_config.hf_config.model_type
        if found != ARCHITECTURE:
            raise Misconfigured(
                f"judge.vllm.model {options.model!r} is a {found} model, but this engine speaks Harmony,"
                f" which only {ARCHITECTURE} models understand: choose gpt-oss or gpt-oss-safeguard."
            )
        return cls(AsyncLLM.from_vllm_config(configuration, disable_log_stats=True))

    async def warm_up(self) -> None:
        """Run one plain prompt, so that the first question meets an engine that has worked.

        Raises:
            Unavailable: it died of it.
        """
        from vllm import SamplingParams

        plain = SamplingParams(temperature=0, max_tokens=2, detokenize=False)
        await self._run("warm-up", list(range(1_000, 1_000 + WARM_UP_TOKENS)), plain, 0)

    async def run(self, task: Task) -> Completion:
        """Run one task; cancelling the awaiting task aborts it in the engine.

        Raises:
            Unavailable: the engine is dead.
            Escalate: vLLM refuses the task or failed at it, and lives on.
        """
        output = await self._run(task.id, task.prompt, sampling(task), task.priority)
        completion = output.outputs[0]
        if completion.finish_reason == "error":
            raise Escalate("vLLM failed at the question: its own lines of the log say why.")
        return Completion(
            tokens=completion.token_ids,
            log_probabilities=_log_probabilities(completion),
            cached=output.num_cached_tokens or 0,
            ended=completion.finish_reason == "stop",
        )

    def close(self) -> None:
        """End the engine's processes and free their memory. Blocks for up to about ten seconds."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.shutdown()

    async def _run(
        self, name: str, prompt: list[int], params: "SamplingParams", priority: int
    ) -> "RequestOutput":
        from vllm.exceptions import VLLMClientError
        from vllm.inputs.engine import tokens_input
        from vllm.v1.engine.exceptions import EngineDeadError, EngineGenerateError

        if self._engine is None:
            raise Unavailable("The model's engine was stopped.")
        outputs = self._engine.generate(tokens_input(prompt), params, name, priority=priority)
        try:
            finished = [output async for output in outputs]
        except EngineDeadError as error:
            raise Unavailable("The model's engine died; it is being restarted.") from error
        except VLLMClientError as error:
            raise Escalate(f"vLLM refuses the question: {error}") from error
        except EngineGenerateError as error:  # its cause may be anything, and say anything of the prompt
            raise Escalate(f"vLLM failed at the question: {type(error.__cause__).__name__}") from error
        if not finished:
            raise Unavailable("The model's engine ended without an answer.")
        return finished[-1]


def _log_probabilities(completion: "CompletionOutput") -> list[float]:
    """Of each position the first one, which is the chosen token's."""
    found = completion.logprobs
    return [found.logprobs[start] for start in found.start_indices] if found is not None else []


def prepare_environment() -> None:
    """Say by the environment, which vLLM's processes inherit, how they behave and whose they are."""
    os.environ.update({name: value for name, value in ENVIRONMENT.items() if name not in os.environ})
    claim()


def arguments(options: VllmOptions) -> dict[str, Any]:
    """Return what vLLM is started with, for its AsyncEngineArgs as for its offline LLM."""
    return {
        "model": options.model,
        "revision": options.revision,
        "tokenizer_revision": options.revision,
        "load_format": options.load_format,
        "dtype": options.dtype,
        "max_num_seqs": options.max_num_seqs,
        "max_model_len": options.max_model_len,
        "block_size": options.block_size,
        "gpu_memory_utilization": options.gpu_memory_utilization,
        "kv_cache_memory_bytes": options.kv_cache_memory_bytes,
        "tensor_parallel_size": options.tensor_parallel_size,
        "enforce_eager": options.enforce_eager,
        "enable_prefix_caching": True,
        "scheduling_policy": "priority",
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
    }


def sampling(task: Task) -> "SamplingParams":
    """Return how a task's tokens are chosen.

    No seed, at random either: a seed with chunked prefill kills the CPU engine. The log-probability of the
    chosen token alone is asked for, flat: that is the least that vLLM gives.
    """
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    return SamplingParams(
        temperature=1.0 if task.at_random else 0.0,
        max_tokens=task.output_tokens,
        detokenize=False,
        logprobs=0,
        flat_logprobs=True,
        output_kind=RequestOutputKind.FINAL_ONLY,
        structured_outputs=StructuredOutputsParams(structural_tag=task.tag),
    )
