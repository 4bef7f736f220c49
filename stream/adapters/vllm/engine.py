"""The port `Engine` on vLLM inside this process. It logs nothing of a post."""

import asyncio
from collections.abc import Awaitable, Callable

from stream.adapters.vllm.harmony import Harmony
from stream.adapters.vllm.labels import label_log_probabilities
from stream.adapters.vllm.options import VllmOptions
from stream.adapters.vllm.prompts import Prompts
from stream.adapters.vllm.revival import Revival
from stream.adapters.vllm.running import Completion, RunningModel, Task
from stream.adapters.vllm.stats import EngineStats
from stream.adapters.vllm.suspects import Suspects
from stream.core.errors import Misconfigured, SluiceError, Unavailable
from stream.core.judgement import Answer, Question, Usage


class VllmEngine:
    """Answers questions with a gpt-oss model. Ask as many at once as `max_num_seqs`: vLLM batches them.

    All methods belong to one event loop, which stays free while the model loads.
    """

    def __init__(self, options: VllmOptions) -> None:
        """Keep the settings; nothing is loaded before `start`."""
        self._options = options
        self._stats = EngineStats()
        self._suspects = Suspects()
        self._revival = Revival(_launcher(options), _close, self._stats, restarts=options.restarts)

    @property
    def model(self) -> str:
        """The model's name, as verdicts name it."""
        return self._options.model_name

    @property
    def local(self) -> bool:
        """It runs in this process's own children."""
        return True

    @property
    def stats(self) -> EngineStats:
        """The counts so far; the same object throughout, so that it can be read at any time."""
        return self._stats

    async def start(self) -> None:
        """Load Harmony's vocabulary and the model, and warm it up: seconds on CPU, minutes on a GPU.

        Raises:
            Misconfigured: a package is missing, or vLLM cannot serve this model here.
        """
        self._harmony = await asyncio.to_thread(Harmony)
        self._prompts = Prompts(self._harmony, self._options)
        try:
            await self._revival.start()
        except SluiceError:
            raise
        except Exception as error:
            raise Misconfigured(
                f"vLLM could not start with judge.vllm.model {self._options.model!r}: {error}. The first"
                " error in the log above is the cause; the usual ones are a wrong name and too little memory"
                " (see gpu_memory_utilization and max_model_len beside it; on CPU set kv_cache_memory_bytes)."
            ) from error

    async def ask(self, question: Question) -> Answer:
        """Answer one question; cancelling the awaiting task aborts it in vLLM.

        Raises:
            Unavailable: the engine died meanwhile. Ask again: that waits for its restart.
            Escalate: too long for the model, for another model, refused by vLLM, or the engine keeps dying
                of it.
            Exit: the engine died and cannot be brought back.
        """
        task = self._prompts.task(question)
        async with self._suspects.watching(question.id):
            completion = await self._run(task)
        return self._answer(question, task, completion)

    async def stop(self) -> None:
        """End vLLM's processes; questions in flight end with `Unavailable`."""
        await self._revival.close()

    async def _run(self, task: Task) -> Completion:
        model = await self._revival.living()
        self._stats.in_flight += 1
        try:
            return await model.run(task)
        except Unavailable:
            self._revival.died(model)
            raise
        finally:
            self._stats.in_flight -= 1

    def _answer(self, question: Question, task: Task, completion: Completion) -> Answer:
        reply = self._harmony.read(completion.tokens)
        labels = label_log_probabilities(self._harmony, completion.tokens, completion.log_probabilities)
        usage = Usage(prompt=len(task.prompt), cached=completion.cached, output=len(completion.tokens))
        complete = completion.ended and reply.final is not None
        self._stats.count(usage, complete)
        return Answer(
            final=reply.final or "",
            complete=complete,
            reasoning=reply.reasoning,
            usage=usage,
            log_probabilities=dict(zip((policy.id for policy in question.policies), labels, strict=False)),
        )


def _launcher(options: VllmOptions) -> Callable[[], Awaitable[RunningModel]]:
    async def launch() -> RunningModel:
        model = await asyncio.to_thread(RunningModel.launch, options)
        try:
            await model.warm_up()
        except BaseException:
            await _close(model)
            raise
        return model

    return launch


async def _close(model: RunningModel) -> None:
    await asyncio.to_thread(model.close)
