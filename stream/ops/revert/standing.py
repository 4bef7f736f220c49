"""Which decisions still stand: by `verdicts` read whole, by the audit, and by what has come since."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from stream.core.audit import CaseJudged, CaseRouted
from stream.core.canary import is_canary
from stream.core.verdict import Verdict
from stream.core.wire import read_audit, read_verdict
from stream.ops.readable import readable
from stream.ops.revert.wanted import Wanted
from stream.ports import Record

Found = dict[str, Verdict]
"""The verdicts that still stand, by content id."""


def still_standing(records: Iterable[Record], wanted: Wanted) -> Found:
    """The wanted decisions among `verdicts`, read whole: the last record of an id is what stands."""
    found: Found = {}
    for verdict in readable(records, read_verdict):
        if wanted.takes(verdict) and not is_canary(verdict.id):
            found[verdict.id] = verdict
        else:
            found.pop(verdict.id, None)
    return found


class Overtaken:
    """Which decisions something else was decided about since they were read. Looks once in a while.

    Args:
        verdicts: what has come to `verdicts` since then, and None whenever no more is there yet.
        wanted: which decisions count.
        clock: seconds; only differences mean anything.
    """

    def __init__(self, verdicts: Iterator[Record | None], wanted: Wanted, clock: Callable[[], float]) -> None:
        self._verdicts = verdicts
        self._wanted = wanted
        self._clock = clock
        self._next = 0.0
        self._ids: set[str] = set()

    def has(self, content_id: str) -> bool:
        """Whether this one has been, as far as the last second tells."""
        if self._clock() >= self._next:
            self._look()
            self._next = self._clock() + 1
        return content_id in self._ids

    def _look(self) -> None:
        for verdict in readable(iter(self._verdicts.__next__, None), read_verdict):
            if not self._wanted.takes(verdict):
                self._ids.add(verdict.id)


class Narrowed(Struct, frozen=True):
    """What is left of the wanted policy and surface; and of how many the audit does not tell."""

    found: Found
    untold: int


class _Went(Struct):
    """Where a case was posted, and which policies were asked."""

    surface: str | None = None
    policies: tuple[str, ...] = ()


def narrowed(found: Found, audit: Iterable[Record], wanted: Wanted) -> Narrowed:
    """Those of the wanted policy and surface, by where cases were sent and what was asked of them."""
    went: dict[str, _Went] = {}
    for event in readable(audit, read_audit):
        if event.id not in found or event.case != found[event.id].case:
            continue
        if isinstance(event, CaseRouted):
            went[event.id] = _Went(event.surface, event.policies)
        elif isinstance(event, CaseJudged) and event.id in went:
            went[event.id].policies = event.policies
    kept = {name: found[name] for name, one in went.items() if _goes(one, found[name], wanted)}
    return Narrowed(kept, len(found) - len(went))


def _goes(went: _Went, verdict: Verdict, wanted: Wanted) -> bool:
    if wanted.surface not in (None, went.surface):
        return False
    cited = {clause.rpartition("/")[0] for clause in verdict.clauses} or set(went.policies)
    return wanted.policy is None or wanted.policy in cited
