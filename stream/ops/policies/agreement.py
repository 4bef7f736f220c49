"""How far an engine agrees with itself: the same cases at further draws, at random."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from stream.core.judgement import Answer, Question
from stream.ops.policies.result import Result
from stream.ports import Engine


class AtDraw:
    """Implements `stream.ports.Engine` around another one, whose answers are drawn at random.

    Args:
        engine: what is asked.
        draw: which draw, from 1 on; the same one may be remembered.
    """

    def __init__(self, engine: Engine, draw: int) -> None:
        self._engine = engine
        self._draw = draw

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
        return await self._engine.ask(replace(question, draw=self._draw))

    async def stop(self) -> None:
        """See `stream.ports.Engine`."""
        await self._engine.stop()


class Stability(Struct, frozen=True):
    """One case at all draws.

    Attributes:
        share: of the draws that came to the same result as the likeliest answer, 0 to 1.
        results: how often each result came, the likeliest answer's included.
    """

    case: str
    share: float
    results: dict[str, int]


class Agreement(Struct, frozen=True):
    """All cases of a policy at so many further draws each."""

    draws: int
    cases: tuple[Stability, ...]

    @property
    def share(self) -> float:
        """The mean over the cases, 0 to 1; 1 without cases."""
        return sum(one.share for one in self.cases) / len(self.cases) if self.cases else 1.0

    @property
    def unstable(self) -> list[Stability]:
        """The cases that did not always come to the same, the least stable first."""
        return sorted((one for one in self.cases if one.share < 1), key=lambda one: (one.share, one.case))


def agreement(result: Result, draws: Sequence[Result]) -> Agreement:
    """Set the draws beside the likeliest answers; each has the same cases in the same order."""
    columns = zip(result.results, *(draw.results for draw in draws), strict=True)
    cases = []
    for case, (likeliest, *drawn) in zip(result.cases, columns, strict=True):
        counts = Counter(one.value for one in (likeliest, *drawn))
        cases.append(Stability(case.id, drawn.count(likeliest) / len(drawn), dict(counts)))
    return Agreement(len(draws), tuple(cases))
