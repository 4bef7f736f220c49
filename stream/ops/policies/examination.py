"""Golden cases tried once, then under the version before and at further draws, where these are asked for."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from stream.core.policy import Policy
from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Effort
from stream.ops.policies.agreement import AtDraw, agreement
from stream.ops.policies.comparison import Earlier, answers_of, compare
from stream.ops.policies.report import Report
from stream.ops.policies.trial import Trial
from stream.ports import Engine

Golden = Sequence[tuple[Policy, Sequence[GoldenCase]]]


class Examination(Struct, frozen=True, kw_only=True):
    """What is to be found out about a set's policies.

    Attributes:
        effort: what is asked first at; None is as each set's routes say.
        window: how many cases are in the engine at once.
        repeat: how many further draws each case has.
        against: the version before, or what it has answered, by policy; None compares with nothing.
    """

    policy_set: PolicySet
    effort: Effort | None
    window: int
    repeat: int = 0
    against: PolicySet | Mapping[str, Earlier] | None = None

    def cases(self, golden: Golden) -> int:
        """How many answers that takes, each case's cascade counted once."""
        once = sum(len(cases) for _, cases in golden)
        return once * (1 + self.repeat) + sum(len(cases) for _, cases in self._before(golden))

    async def run(self, engine: Engine, golden: Golden, answered: Callable[[], None]) -> list[Report]:
        """Ask it all; `answered` is called after each case. Raises as `Trial.run_all`."""
        results = await self._trial(engine, self.policy_set).run_all(golden, answered)
        earlier = await self._earlier(engine, golden, answered)
        draws = [
            await self._trial(AtDraw(engine, draw), self.policy_set).run_all(golden, answered)
            for draw in range(1, self.repeat + 1)
        ]
        return [
            Report(
                result,
                compare(earlier[result.policy.id], result) if result.policy.id in earlier else None,
                agreement(result, [draw[number] for draw in draws]) if draws else None,
            )
            for number, result in enumerate(results)
        ]

    def _trial(self, engine: Engine, policy_set: PolicySet) -> Trial:
        return Trial(engine, policy_set, self.effort, self.window)

    def _before(self, golden: Golden) -> Golden:
        """The same cases under each policy's version before, where it is to be asked and there is one."""
        if not isinstance(self.against, PolicySet):
            return []
        known = self.against.policies
        return [(known[policy.id], cases) for policy, cases in golden if policy.id in known]

    async def _earlier(
        self, engine: Engine, golden: Golden, answered: Callable[[], None]
    ) -> Mapping[str, Earlier]:
        if not isinstance(self.against, PolicySet):
            return self.against or {}
        results = await self._trial(engine, self.against).run_all(self._before(golden), answered)
        return {result.policy.id: answers_of(result) for result in results}
