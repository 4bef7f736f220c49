"""A policy's golden cases against an engine: each asked once and alone, many at once.

In service a doubtful answer is asked for again at high effort: what is measured here is one step of that.
"""

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct

from stream.core.cascade import first_effort
from stream.core.checks import check
from stream.core.content import ThreadItem
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Judgement, Question
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.golden import Figures, GoldenCase, score
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.shortfalls import shortfalls
from stream.core.terms import Effort
from stream.ports import Engine

TRIES = 5
PAUSE_SECONDS = 1.0


class Result(Struct, frozen=True):
    """How one policy did: its figures, and what they lack by the set's thresholds."""

    policy: Policy
    cases: tuple[GoldenCase, ...]
    judgements: tuple[Judgement, ...]
    figures: Figures
    shortfalls: tuple[str, ...]

    def of(self, result: str) -> int:
        """How many cases have this answer by people."""
        return sum(case.result == result for case in self.cases)


class Trial:
    """Asks an engine about golden cases.

    Args:
        engine: started already.
        policy_set: whose thresholds and models count.
        effort: how long the model may reason.
        window: how many questions are asked at once.
    """

    def __init__(self, engine: Engine, policy_set: PolicySet, effort: Effort, window: int) -> None:
        self._engine = engine
        self._set = policy_set
        self._effort = effort
        self._slots = asyncio.Semaphore(window)

    async def run(
        self, policy: Policy, cases: Sequence[GoldenCase], answered: Callable[[], None] = lambda: None
    ) -> Result:
        """Ask about each case; `answered` is called after each.

        Raises:
            Unavailable: the engine did not come back within some seconds.
            Exit: it is lost for good.
        """
        judgements = await asyncio.gather(*(self._judge(policy, case, answered) for case in cases))
        results = [judgement.result for judgement in judgements]
        lacks = shortfalls(cases, results, self._set.thresholds)
        if not cases and not policy.restricted:
            lacks = ["has no golden cases: nobody can say how it is applied"]
        return Result(policy, tuple(cases), tuple(judgements), score(cases, results), tuple(lacks))

    async def _judge(self, policy: Policy, case: GoldenCase, answered: Callable[[], None]) -> Judgement:
        effort = first_effort((policy,), self._effort)
        question = Question(
            id=f"golden:{policy.id}:{case.id}",
            policies=(policy,),
            text=case.text,
            thread=tuple(ThreadItem(text) for text in case.thread),
            language=case.language,
            effort=effort,
            model=self._set.models.get(effort),
            local_only=policy.needs_local,
        )
        async with self._slots:
            judgement = await self._asked(question)
        answered()
        return judgement

    async def _asked(self, question: Question) -> Judgement:
        for left in reversed(range(TRIES)):
            try:
                return check(await self._engine.ask(question), question)[0]
            except Escalate:
                break
            except Unavailable:
                if not left:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
        return Judgement(
            policy=question.policies[0].id, result=PolicyResult.FAILED, failures=("unanswerable",)
        )
