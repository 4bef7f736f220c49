"""Judging past content again under a changed policy: which posts, and what the gate is told of each. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from stream.core.audit import CaseRouted
from stream.core.canary import is_canary
from stream.core.outcome import CaseRequested, Requester
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Decision, Effect, Effort
from stream.core.topics import TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import read_audit, read_verdict
from stream.ops.outcomes import as_record
from stream.ops.readable import readable
from stream.ports import Outgoing, Record

SOURCE = "/sluice/recheck"
_DECIDED = (Decision.RELEASE, Decision.REMOVE)


class Wanted(Struct, frozen=True, kw_only=True):
    """Which content: what stands since `begin` and before `end` (ms), and that `policy` would judge now."""

    policy: str
    begin: int
    end: int
    decision: Decision | None = None
    surface: str | None = None


class Found(Struct, frozen=True):
    """The verdicts to be looked at again, by content id; and why others of the time are left out."""

    verdicts: dict[str, Verdict]
    left: Counter[str]


def standing(records: Iterable[Record], wanted: Wanted, remembered: int) -> Found:
    """What stands in `verdicts`, read whole, of the wanted time and decision.

    Args:
        records: of `verdicts`; the last of an id is what stands.
        wanted: which.
        remembered: since when the gate still knows what it decided (ms); it takes no request about the rest.
    """
    last: dict[str, Verdict] = {}
    for verdict in readable(records, read_verdict):
        if _takes(verdict, wanted):
            last[verdict.id] = verdict
        else:
            last.pop(verdict.id, None)
    left = {name: why for name, verdict in last.items() if (why := _obstacle(verdict, wanted, remembered))}
    kept = {name: verdict for name, verdict in last.items() if name not in left}
    return Found(kept, Counter(left.values()))


def routed(found: Found, audit: Iterable[Record], wanted: Wanted, policy_set: PolicySet) -> Found:
    """Those that the set routes to the policy, by the surface and language that triage wrote down."""
    ways: dict[str, CaseRouted] = {}
    for event in readable(audit, read_audit):
        verdict = found.verdicts.get(event.id)
        if isinstance(event, CaseRouted) and verdict is not None and event.version == verdict.version:
            ways[event.id] = event
    left = {name: why for name in found.verdicts if (why := _astray(ways.get(name), wanted, policy_set))}
    kept = {name: verdict for name, verdict in found.verdicts.items() if name not in left}
    return Found(kept, found.left + Counter(left.values()))


def without(found: Found, said: set[tuple[str, int]]) -> Found:
    """Those whose id and version were not asked about yet."""
    kept = {name: one for name, one in found.verdicts.items() if (one.id, one.version) not in said}
    return Found(kept, found.left)


def requests(found: Found, by: str, reason: str, ticket: str, now: int) -> Iterator[CaseRequested]:
    """What the gate is told: a watch at low effort, so that it waits behind live posts and hides nothing.

    In the order of the ids: two runs do the same in the same order.
    """
    for _, verdict in sorted(found.verdicts.items()):
        if verdict.digest is not None:
            yield CaseRequested(
                id=verdict.id,
                version=verdict.version,
                digest=verdict.digest,
                effect=Effect.WATCH,
                by=by,
                reason=reason,
                at=now,
                origin=Requester.RECHECK,
                effort=Effort.LOW,
                ticket=ticket,
            )


def outgoing(event: CaseRequested, names: TopicNames) -> Outgoing:
    """A request as a record.

    Raises:
        Unreadable: it breaks a bound of the contract.
    """
    return as_record(event, SOURCE, names)


def _takes(verdict: Verdict, wanted: Wanted) -> bool:
    decided = verdict.decision in _DECIDED and wanted.decision in (None, verdict.decision)
    return decided and wanted.begin <= verdict.at < wanted.end and not is_canary(verdict.id)


def _obstacle(verdict: Verdict, wanted: Wanted, remembered: int) -> str:
    """Why a decision is left alone; empty if it is not."""
    if verdict.restricted:
        return "few people may see it"
    if verdict.digest is None:
        return "its text is not known"
    cited = {clause.rpartition("/")[0] for clause in verdict.clauses}
    if verdict.decision is Decision.REMOVE and cited and wanted.policy not in cited:
        return "removed under another policy"
    return "the gate has forgotten it" if verdict.at < remembered else ""


def _astray(way: CaseRouted | None, wanted: Wanted, policy_set: PolicySet) -> str:
    """Why the policy would not judge it now; empty if it would."""
    if way is None or way.surface is None:
        return "where it was posted is not known"
    if wanted.surface not in (None, way.surface):
        return "posted on another surface"
    if wanted.policy not in policy_set.route(way.surface, way.language).policies:
        return "the set does not ask the policy about it"
    return ""
