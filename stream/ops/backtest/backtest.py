"""The whole of it: each version under both sets, many at once, counted as they are done."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable

from stream.adapters.answers import DiskTable
from stream.core.actions import fold
from stream.core.errors import BadInput
from stream.core.policy.policy_set import PolicySet
from stream.ops.backtest.comparison import Comparison, Post
from stream.ops.backtest.records import AuditIndex, Told
from stream.ops.backtest.side import Side, keep
from stream.ops.backtest.stance import Kept, Stance, stance_of
from stream.ops.backtest.window import Version
from stream.ops.evaluation.window import in_window

Both = tuple[Stance, Stance] | None
"""What either set makes of a version; None where nothing is to be compared."""


class Sets:
    """The two sets. Raises `BadInput` where they are the same one."""

    def __init__(self, today: PolicySet, candidate: PolicySet) -> None:
        if today.digest == candidate.digest:
            raise BadInput(
                f"today's set and the candidate are the same text, {today.digest}: change the candidate, or "
                "name another by --candidate"
            )
        self.today = today
        self.candidate = candidate

    @property
    def digests(self) -> tuple[str, str]:
        """Of both."""
        return self.today.digest, self.candidate.digest


class Backtest:
    """Asks where nothing is known.

    Args:
        sets: both.
        sides: the same, ready to be asked.
        index: what `audit` has of the window.
        table: where answers are kept for another run.
        comparison: counts.
    """

    def __init__(
        self,
        sets: Sets,
        sides: tuple[Side, Side],
        index: AuditIndex,
        table: DiskTable,
        comparison: Comparison,
    ) -> None:
        self._sets = sets
        self._today, self._candidate = sides
        self._index = index
        self._table = table
        self._comparison = comparison

    async def run(self, versions: Iterable[Version], window: int, passed: Callable[[], None]) -> None:
        """Judge and compare.

        Args:
            versions: read as there is room for them.
            window: how many at once.
            passed: called after each.

        Raises:
            Unavailable: the engine did not come back within some seconds; what was answered is kept.
            Exit: it is lost for good.
        """
        async for version, both in in_window(versions, self._both, window):
            count(self._comparison, self._index, version, both)
            passed()

    async def _both(self, version: Version) -> Both:
        content, case = version.content, version.case
        if self._index.is_restricted(content.id, case) or self._index.is_ruled(content.id, case):
            return None
        told, later = (self._index.told(content.id, case, digest) for digest in self._sets.digests)
        added = _added(told, self._today, version)
        here = self._today.plan(version, told, added)
        there = self._candidate.plan(version, later, added)
        await _both_of(self._today.ask(here), self._candidate.ask(there, here.keys.values()))
        known = here.known | there.known
        today, candidate = self._today.stance(here, known), self._candidate.stance(there, known)
        if not today.restricted and not candidate.restricted:
            keep(self._table, here)
            keep(self._table, there)
        return today, candidate


async def _both_of(*asked: Coroutine[None, None, None]) -> None:
    """Both at once, as the judge asks all policies of a case at once; both have ended when this returns."""
    for ended in await asyncio.gather(*asked, return_exceptions=True):
        if ended is not None:
            raise ended


def compare_records(
    sets: Sets,
    index: AuditIndex,
    versions: Iterable[Version],
    comparison: Comparison,
    passed: Callable[[], None],
) -> None:
    """Compare what the shadow answered with what the judge did. Nothing is asked."""
    for version in versions:
        both = [
            _as_told(told, policy_set, version)
            for policy_set in (sets.today, sets.candidate)
            if (told := index.told(version.content.id, version.case, policy_set.digest)) is not None
        ]
        count(comparison, index, version, (both[0], both[1]) if len(both) == 2 else None)
        passed()


def count(comparison: Comparison, index: AuditIndex, version: Version, both: Both) -> None:
    """Count one version."""
    content, case = version.content, version.case
    if index.is_restricted(content.id, case):
        comparison.restricted += 1
    elif index.is_ruled(content.id, case):
        comparison.ruled += 1
    elif both is None:
        comparison.uncompared += 1
    else:
        comparison.add(
            Post(
                id=content.id,
                version=content.version,
                surface=content.surface,
                language=content.language,
                partition=version.partition,
                offset=version.offset,
                text=content.text,
            ),
            *both,
        )


def _as_told(told: Told, policy_set: PolicySet, version: Version) -> Stance:
    kept = told.kept()
    ruling = fold(told.policies, told.judgements, policy_set, version.content.at, told.bases())
    everything = [kept.get(one.policy, Kept(one)) for one in told.judgements]
    return stance_of(ruling, everything, restricted=False, recorded=True)


def _added(told: Told | None, today: Side, version: Version) -> tuple[str, ...]:
    """The policies that operators' rules asked about beside today's route."""
    route = today.route(version).policies
    return tuple(name for name in told.policies if name not in route) if told is not None else ()
