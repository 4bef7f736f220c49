"""Two engines as one: a small model for most questions, a large one elsewhere for high effort."""

from msgspec.structs import replace

from stream.core.judgement import Answer, Question
from stream.core.terms import Effort
from stream.ports import Engine


class ByEffort:
    """Hands questions at high effort to `high`, all others to `usual`. Answers name the model that gave them.

    What must stay on the operator's machines goes to the usual one where `high` is not local, at any effort.

    Attributes:
        engines: both, for whoever counts.
    """

    def __init__(self, usual: Engine, high: Engine) -> None:
        self.engines = (usual, high)
        self._usual = usual
        self._high = high

    @property
    def model(self) -> str:
        """The usual one's name."""
        return self._usual.model

    @property
    def local(self) -> bool:
        """Whether what must stay here finds an engine: the usual one."""
        return self._usual.local

    async def start(self) -> None:
        """Start both. Raises what either does; the usual one comes last, since it may take minutes."""
        await self._high.start()
        await self._usual.start()

    async def ask(self, question: Question) -> Answer:
        """Ask the one that the effort calls for. Raises what it does."""
        engine = self._high if question.effort is Effort.HIGH else self._usual
        if question.local_only and not engine.local:
            engine, question = self._usual, replace(question, model=None)
        answer = await engine.ask(question)
        return answer if answer.model else replace(answer, model=engine.model)

    async def stop(self) -> None:
        """Stop both."""
        await self._usual.stop()
        await self._high.stop()
