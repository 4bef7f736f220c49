"""Policies' golden cases against an engine: each policy asked alone, by the judge's own parts, many at once.

What is measured is what serves: a doubtful answer is asked again at high effort, and the last one counts.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from stream.core.cascade import UNANSWERABLE
from stream.core.content import Published, ThreadItem
from stream.core.judgement import Judgement
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.golden import GoldenCase, score
from stream.core.policy.policy_set import PolicySet, Repetition, Route, speaks
from stream.core.policy.shortfalls import shortfalls
from stream.core.sampling import Sampling
from stream.core.terms import Effort
from stream.ops.evaluation.judging import Judged, Judging
from stream.ops.evaluation.silence import Silence
from stream.ops.evaluation.window import in_window
from stream.ops.policies.result import Result
from stream.ports import Engine

__all__ = ["Result", "Trial"]

_ANY_SURFACE = "default"


class Trial:
    """Asks an engine about golden cases.

    Args:
        engine: started already.
        policy_set: whose routes, models, languages and thresholds count.
        effort: what is asked first at; None is as each policy's last route says. A policy or a place of high
            impact is asked at high effort whatever this is.
        window: how many cases are in the engine at once.
    """

    def __init__(self, engine: Engine, policy_set: PolicySet, effort: Effort | None, window: int) -> None:
        self._engine = engine
        self._set = policy_set
        self._effort = effort
        self._window = window

    async def run(
        self, policy: Policy, cases: Sequence[GoldenCase], answered: Callable[[], None] = lambda: None
    ) -> Result:
        """Ask about each case of one policy. As `run_all`."""
        return (await self.run_all([(policy, cases)], answered))[0]

    async def run_all(
        self,
        golden: Sequence[tuple[Policy, Sequence[GoldenCase]]],
        answered: Callable[[], None] = lambda: None,
    ) -> list[Result]:
        """Ask about each case of several policies, one after the other; `answered` is called after each case.

        Raises:
            Unavailable: the engine did not come back within some seconds.
            Exit: it is lost for good.
        """
        judged: dict[tuple[str, str], Judged] = {}
        questions = [(policy, case) for policy, cases in golden for case in cases if self._takes(case)]
        async for (policy, case), one in in_window(questions, self._judge, self._window):
            judged[policy.id, case.id] = one
            answered()
        return [self._result(policy, cases, judged) for policy, cases in golden]

    async def _judge(self, question: tuple[Policy, GoldenCase]) -> Judged:
        policy, case = question
        route = _route(self._set, policy, self._effort)
        # Nothing is drawn for audits or repeated: another run would draw the same, and pay for it.
        alone = replace(self._set, routes=(route,), audited=0.0, confidence=Repetition())
        content = Published(
            id=f"golden:{policy.id}:{case.id}",
            version=1,
            at=0,
            text=case.text,
            surface=route.surface or _ANY_SURFACE,
            language=case.language,
            thread=tuple(ThreadItem(text) for text in case.thread),
        )
        return await Judging(alone, self._engine, Silence(), Sampling(b"")).judge(content)

    def _takes(self, case: GoldenCase) -> bool:
        return any(speaks(tag, case.language) for tag in self._set.languages)

    def _result(
        self, policy: Policy, golden: Sequence[GoldenCase], judged: dict[tuple[str, str], Judged]
    ) -> Result:
        cases = tuple(case for case in golden if (policy.id, case.id) in judged)
        found = [judged[policy.id, case.id] for case in cases]
        judgements = tuple(one.judgement(policy.id) or _unanswered(policy) for one in found)
        results = [judgement.result for judgement in judgements]
        lacks = shortfalls(cases, results, self._set.thresholds)
        if not cases and not policy.restricted:
            which = "in a language of the set" if golden else "at all"
            lacks = [f"has no golden cases {which}: nobody can say how it is applied"]
        asked = tuple(one.answers.last.get(policy.id) if one.answers is not None else None for one in found)
        outside = len(golden) - len(cases)
        return Result(policy, cases, judgements, score(cases, results), tuple(lacks), asked, outside)


def _route(policy_set: PolicySet, policy: Policy, effort: Effort | None) -> Route:
    """The last route that asks this policy, as if it asked no other and needed no signal."""
    routes = [route for route in policy_set.routes if policy.id in route.policies] or policy_set.routes
    last = routes[-1]
    effort = last.effort if effort is None else effort
    return replace(last, policies=(policy.id,), languages=(), required_signals=(), effort=effort)


def _unanswered(policy: Policy) -> Judgement:
    return Judgement(policy=policy.id, result=PolicyResult.FAILED, failures=(UNANSWERABLE,))
