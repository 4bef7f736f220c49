"""One text under one policy set, judged by the judge's own parts: route, cascade, checks and fold."""

import asyncio

from msgspec import Struct

from stream.core.actions import Ruling, fold
from stream.core.case import RoutedCase
from stream.core.content import Edited, Published
from stream.core.errors import Unavailable
from stream.core.judgement import Judgement, Usage
from stream.core.outcome import Proposal
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.terms import Effect, Origin
from stream.ports import Engine, JudgeObserver
from stream.processors.judge.alarms import Alarms
from stream.processors.judge.answers import Answers
from stream.processors.judge.brief import Brief
from stream.processors.judge.inquiry import Inquiry

TRIES = 5
PAUSE_SECONDS = 1.0
_CASE = "evaluation"


class Judged(Struct, frozen=True):
    """What the fleet would propose for one text.

    Attributes:
        policies: the ids of those that it is routed to; empty where no model is asked.
        obstacle: why none is; empty where one was.
        ruling: what follows, by the fold.
        judgements: the one that counts under each policy.
        answers: every question and its answer; None where none was put.
    """

    policies: tuple[str, ...]
    obstacle: str
    ruling: Ruling
    judgements: tuple[Judgement, ...] = ()
    answers: Answers | None = None

    @property
    def usage(self) -> Usage:
        """Tokens of all its questions."""
        return self.answers.usage if self.answers is not None else Usage()

    def judgement(self, policy: str) -> Judgement | None:
        """The one that counts under this policy; None where it was not asked."""
        return next((one for one in self.judgements if one.policy == policy), None)


class Judging:
    """Judges texts without Kafka; nothing is published.

    Args:
        policy_set: routes, grants, cascade and models.
        engine: started already.
        observer: hears of answers, tokens and failed checks.
        sampling: draws what is audited or repeated, as the judge's does.
    """

    def __init__(
        self, policy_set: PolicySet, engine: Engine, observer: JudgeObserver, sampling: Sampling
    ) -> None:
        self._set = policy_set
        self._engine = engine
        self._sampling = sampling
        self._inquiry = Inquiry(engine, observer, Alarms())

    async def judge(self, content: Published | Edited, policies: tuple[str, ...] | None = None) -> Judged:
        """Judge one text under its route's policies, or under these instead.

        Raises:
            Unavailable: the engine did not come back within some seconds.
            Exit: it is lost for good.
        """
        routing = self._set.route(content.surface, content.language)
        if obstacle := routing.obstacle(content):
            return Judged((), obstacle, Ruling(Proposal.REVIEW, reason=obstacle))
        asked = routing.policies if policies is None else policies
        case = RoutedCase(
            id=content.id,
            case=_CASE,
            version=content.version,
            effect=Effect.WATCH,
            origin=Origin.PUBLISH,
            opened_at=content.at,
            due=content.at,
            digest=content.digest,
            content=content,
            policies=asked,
            policy_set=self._set.digest,
            effort=routing.effort,
        )
        answers = await self._answers(Brief(case, self._set, self._sampling, self._engine.local))
        bases = answers.bases(self._set, self._engine.model)
        ruling = fold(asked, answers.judgements, self._set, content.at, bases)
        return Judged(asked, "", ruling, answers.judgements, answers)

    async def _answers(self, brief: Brief) -> Answers:
        for left in reversed(range(TRIES)):
            try:
                return await self._inquiry.answers(brief)
            except Unavailable:
                if not left:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
        raise AssertionError("the last try has returned or raised")
