"""An engine that asks another one only what it was not asked before."""

import asyncio
import time
from collections.abc import Callable

from msgspec import Struct

from stream.adapters.answers.store import AnswerStore, Kept, answer_key
from stream.core.judgement import Answer, Question
from stream.ports import Engine


class Heard(Struct, frozen=True):
    """One answer: to what, how long the engine took for it, whether for an earlier asking, and when.

    `at` is as `Kept.at`.
    """

    question: Question
    answer: Answer
    seconds: float
    remembered: bool
    at: int


class _Call:
    """One question in the engine's hands: how many wait for the answer, and whether it was heard of."""

    def __init__(self, name: bytes, task: asyncio.Task[Kept]) -> None:
        self.name = name
        self.task = task
        self.waiting = 0
        self.heard = False


class RememberingEngine:
    """Implements `stream.ports.Engine` around another one.

    Whoever asks what is in the engine's hands already waits for that answer, and shares its failure too. The
    call ends early only when the last who waits has gone.

    A question whose text must stay on the operator's own machines is never kept: that of a restricted policy
    is one. Nor is an answer that stopped short.

    Args:
        engine: what is asked.
        store: what was answered before; None keeps nothing.
        heard: hears of every answer.
    """

    def __init__(
        self,
        engine: Engine,
        store: AnswerStore | None = None,
        heard: Callable[[Heard], None] = lambda _heard: None,
    ) -> None:
        self._engine = engine
        self._store = store
        self._heard = heard
        self._calls: dict[bytes, _Call] = {}

    @property
    def model(self) -> str:
        """See `stream.ports.Engine`."""
        return self._engine.model

    @property
    def local(self) -> bool:
        """See `stream.ports.Engine`."""
        return self._engine.local

    async def start(self) -> None:
        """See `stream.ports.Engine`."""
        await self._engine.start()

    async def ask(self, question: Question) -> Answer:
        """See `stream.ports.Engine`."""
        store = None if _stays_unwritten(question) else self._store
        key = answer_key(question, self._engine.model)
        kept, remembered = store.get(key) if store is not None else None, True
        if kept is None:
            call = self._call(key, question, store)
            kept = await self._answer(call)
            remembered, call.heard = call.heard, True
        self._heard(Heard(question, kept.answer, kept.seconds, remembered=remembered, at=kept.at))
        return kept.answer

    async def stop(self) -> None:
        """See `stream.ports.Engine`."""
        await self._engine.stop()

    def _call(self, key: bytes, question: Question, store: AnswerStore | None) -> _Call:
        """The one under way, or a new one."""
        # Policies of one text are one prompt, but an answer's log-probabilities go by their names.
        name = key + "\xff".join(policy.id for policy in question.policies).encode()
        call = self._calls.get(name)
        if call is None or call.task.done():
            call = _Call(name, asyncio.ensure_future(self._asked(key, question, store)))
            self._calls[name] = call
        return call

    async def _asked(self, key: bytes, question: Question, store: AnswerStore | None) -> Kept:
        begun = time.monotonic()
        answer = await self._engine.ask(question)
        kept = Kept(answer, time.monotonic() - begun, time.time_ns() // 1_000_000)
        if store is not None and answer.complete:
            store.put(key, kept)
        return kept

    async def _answer(self, call: _Call) -> Kept:
        call.waiting += 1
        try:
            return await asyncio.shield(call.task)
        finally:
            call.waiting -= 1
            if not call.waiting:
                await self._end(call)

    async def _end(self, call: _Call) -> None:
        if self._calls.get(call.name) is call:
            del self._calls[call.name]
        if not call.task.done():
            call.task.cancel()
            await asyncio.gather(call.task, return_exceptions=True)


def _stays_unwritten(question: Question) -> bool:
    return question.local_only or any(policy.needs_local for policy in question.policies)
