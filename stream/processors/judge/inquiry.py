"""Puts a case's questions to the engine: all policies at once, harder where the cascade says so."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

from stream.core.canary import is_canary
from stream.core.cascade import UNANSWERABLE, Why, asked_again, first_effort
from stream.core.checks import check
from stream.core.errors import Escalate, Unavailable
from stream.core.judgement import Question
from stream.core.policy import Policy
from stream.core.terms import Effort
from stream.ports import Engine, JudgeObserver
from stream.processors.judge.alarms import Alarms
from stream.processors.judge.answers import Answers, Asked
from stream.processors.judge.brief import Brief, failed

T = TypeVar("T")

REMEMBERED = 1_000
"""Cases, the last ones, whose answers are kept until the engine is back; more than a window holds."""

Done = dict[tuple[str, ...], Asked]
"""What was answered of one case, by the question's id and its policies' digests."""


class Inquiry:
    """Asks; of p policies at most 2p questions, and where a case is repeated k times as many more for each.

    Args:
        engine: the model.
        observer: hears of answers, tokens, failed checks and what audits found.
        alarms: remembers what must not be lost where a case is not judged to its end.
    """

    def __init__(self, engine: Engine, observer: JudgeObserver, alarms: Alarms) -> None:
        self._engine = engine
        self._observer = observer
        self._alarms = alarms
        self._unfinished: dict[tuple[str, str], Done] = {}

    async def answers(self, brief: Brief) -> Answers:
        """Ask all that is to be asked about a case, but for what was answered before the engine went away.

        Raises:
            Unavailable: the engine died or takes no work now; the case is to be asked again.
        """
        named = (brief.case.id, brief.case.case)
        done = self._unfinished.pop(named, {})
        try:
            return await self._asked(brief, done)
        except Unavailable:
            self._unfinished[named] = done
            while len(self._unfinished) > REMEMBERED:
                self._unfinished.pop(next(iter(self._unfinished)))
            raise

    async def _asked(self, brief: Brief, done: Done) -> Answers:
        unasked = brief.unasked()
        for judgement in unasked:
            self._tell(judgement.failures, judgement.policy)
        groups = await _together(self._examine(brief, group, done) for group in brief.groups())
        asked = [one for group in groups for one in group]
        repeated = await _together(
            self._ask(brief, question, Why.REPEATED, done)
            for one in Answers(asked, unasked).standing
            for question in brief.repeats(one.question)
        )
        return Answers([*asked, *repeated], unasked)

    async def _examine(self, brief: Brief, group: tuple[Policy, ...], done: Done) -> list[Asked]:
        """Ask about the policies of one prompt, then once more and alone about those that call for it."""
        first = await self._ask(
            brief, brief.question(group, first_effort(group, brief.case.effort)), Why.FIRST, done
        )
        again = [
            (policy, why)
            for policy, judgement in zip(group, first.judgements, strict=True)
            if (why := asked_again(judgement, group, first.question.effort, brief.is_audited(policy)))
        ]
        later = await _together(
            self._ask(brief, brief.question((policy,), Effort.HIGH), why, done) for policy, why in again
        )
        for (policy, why), one in zip(again, later, strict=True):
            if why is Why.AUDITED and not is_canary(brief.case.id):
                self._observer.audited(policy.id, one.judgements[0].result)
        return [first, *later]

    async def _ask(self, brief: Brief, question: Question, why: Why, done: Done) -> Asked:
        named = (question.id, *(policy.digest for policy in question.policies))
        if named in done:
            return done[named]
        try:
            answer = await self._engine.ask(question)
        except Escalate as reason:
            self._observer.unanswerable(str(reason))
            judgements = tuple(failed(policy.id, UNANSWERABLE) for policy in question.policies)
            asked = Asked(question, why, judgements)
        else:
            self._observer.used(answer.usage, question.effort, why)
            asked = Asked(question, why, check(answer, question), answer)
        if why is not Why.REPEATED:
            self._alarms.hear(brief.case, asked.judgements, brief.policies)
            for judgement in asked.judgements:
                self._tell(judgement.failures, judgement.policy)
        done[named] = asked
        return asked

    def _tell(self, failures: Iterable[str], policy: str) -> None:
        for failure in failures:
            self._observer.failed(failure, policy)


async def _together(questions: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """Ask them together; the first error cancels the others, so that nothing is asked for nobody."""
    tasks = [asyncio.ensure_future(question) for question in questions]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
