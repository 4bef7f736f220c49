"""An engine that asks another one only what it was not asked before."""

import time
from collections.abc import Callable

from msgspec import Struct

from stream.adapters.answers.store import AnswerStore, Kept, answer_key
from stream.core.judgement import Answer, Question
from stream.ports import Engine


class Heard(Struct, frozen=True):
    """One answer: to what, how long the engine took for it, whether it took that earlier, and when.

    `at` is as `Kept.at`.
    """

    question: Question
    answer: Answer
    seconds: float
    remembered: bool
    at: int


class RememberingEngine:
    """Implements `stream.ports.Engine` around another one.

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
        key = answer_key(question, self._engine.model) if store is not None else b""
        kept = store.get(key) if store is not None else None
        if kept is not None:
            self._heard(Heard(question, kept.answer, kept.seconds, remembered=True, at=kept.at))
            return kept.answer
        begun = time.monotonic()
        answer = await self._engine.ask(question)
        seconds, at = time.monotonic() - begun, time.time_ns() // 1_000_000
        if store is not None and answer.complete:
            store.put(key, Kept(answer, seconds, at))
        self._heard(Heard(question, answer, seconds, remembered=False, at=at))
        return answer

    async def stop(self) -> None:
        """See `stream.ports.Engine`."""
        await self._engine.stop()


def _stays_unwritten(question: Question) -> bool:
    return question.local_only or any(policy.needs_local for policy in question.policies)
