"""The `Engine` port in memory: answers by a script."""

from collections.abc import Awaitable, Callable

from stream.core.judgement import Answer, Question


class ScriptedEngine:
    """Answers each question as a function says; the function may wait, raise, or count."""

    def __init__(self, answer: Callable[[Question], Awaitable[Answer]], model: str = "scripted") -> None:
        self._answer = answer
        self._model = model

    @property
    def model(self) -> str:
        """See `stream.ports.Engine`."""
        return self._model

    @property
    def local(self) -> bool:
        """See `stream.ports.Engine`."""
        return True

    async def start(self) -> None:
        """Nothing to load."""

    async def ask(self, question: Question) -> Answer:
        """See `stream.ports.Engine`."""
        return await self._answer(question)

    async def stop(self) -> None:
        """Nothing to free."""
