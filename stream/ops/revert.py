"""Undoing what one policy set did: which decisions still stand, and what the gate is told of each. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from stream.core.audit import CaseRouted
from stream.core.canary import is_canary
from stream.core.errors import Unreadable
from stream.core.outcome import CaseRequested, OutcomeEvent, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision, Effect
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode, headers_of, read_audit, read_outcome, read_verdict
from stream.ports import Outgoing, Record

SOURCE = "/sluice/revert"

_BY = (DecidedBy.MODEL, DecidedBy.TIMEOUT)
"""Those whose decisions a set answers for."""
Found = dict[str, Verdict]
"""The verdicts that still stand, by content id."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Decisions to be undone: a model's or time's under this set, from `begin` until before `end` (ms).

    `policy`: a removal cites a clause of it; a release was asked about it. None does not matter.
    """

    digest: str
    begin: int
    end: int
    decision: Decision | None = None
    policy: str | None = None
    surface: str | None = None

    @property
    def needs_routes(self) -> bool:
        """Whether verdicts alone do not tell."""
        return self.policy is not None or self.surface is not None

    def takes(self, verdict: Verdict) -> bool:
        """Whether a verdict is among them, as far as it tells itself."""
        if verdict.decided_by not in _BY or verdict.policy_set != self.digest:
            return False
        decided = verdict.decision in (Decision.RELEASE, Decision.REMOVE)
        return decided and self.decision in (None, verdict.decision) and self.begin <= verdict.at < self.end


class Action(StrEnum):
    """What becomes of one decision."""

    RESTORE = "restore"
    JUDGE_AGAIN = "judge again"
    FOR_FEW = "leave to few people"
    NAMELESS = "leave: the text is not known"


class Way(Struct, frozen=True, kw_only=True):
    """How it is undone, and by whom.

    `judge_again`: removals too are judged again, instead of restored. `hide`: releases are hidden meanwhile.
    """

    by: str
    reason: str
    ticket: str
    judge_again: bool = False
    hide: bool = False

    def action(self, verdict: Verdict) -> Action:
        """What becomes of this decision.

        Nobody restores in bulk what few people may see, nor what time removed: a model recommended that.
        """
        if verdict.digest is None:
            return Action.NAMELESS
        by_time = verdict.decided_by is DecidedBy.TIMEOUT
        if verdict.decision is Decision.RELEASE or self.judge_again or by_time:
            return Action.JUDGE_AGAIN
        return Action.FOR_FEW if verdict.restricted else Action.RESTORE


def still_standing(records: Iterable[Record], wanted: Wanted) -> Found:
    """The wanted decisions among `verdicts`, read whole: the last record of an id is what stands."""
    found: Found = {}
    for record in records:
        try:
            verdict = read_verdict(record.value)
        except Unreadable:
            continue
        if wanted.takes(verdict) and not is_canary(verdict.id):
            found[verdict.id] = verdict
        else:
            found.pop(verdict.id, None)
    return found


def narrowed(found: Found, audit: Iterable[Record], wanted: Wanted) -> Found:
    """Those of the wanted policy and surface, by where triage sent their cases, where that is known."""
    kept: Found = {}
    for record in audit:
        try:
            event = read_audit(record.value)
        except (Unreadable, ValueError):
            continue
        verdict = found.get(event.id)
        if isinstance(event, CaseRouted) and verdict is not None and event.case == verdict.case:
            if _goes(event, verdict, wanted):
                kept[verdict.id] = verdict
            else:
                kept.pop(verdict.id, None)
    return kept


def _goes(routed: CaseRouted, verdict: Verdict, wanted: Wanted) -> bool:
    if wanted.surface not in (None, routed.surface):
        return False
    cited = {clause.rpartition("/")[0] for clause in verdict.clauses} or set(routed.policies)
    return wanted.policy is None or wanted.policy in cited


def already_said(records: Iterable[Record], ticket: str) -> set[tuple[str, int]]:
    """Id and version of what `outcomes` has under this ticket, applied or not: another run leaves it out."""
    said = set()
    for record in records:
        try:
            event = read_outcome(record.value)
        except Unreadable:
            continue
        if isinstance(event, StaffDecision | CaseRequested) and event.ticket == ticket:
            said.add((event.id, event.version))
    return said


def summary(found: Iterable[Verdict], way: Way) -> list[tuple[str, str, int]]:
    """What would be done, as rows of a heading, a name and a count: by action, decision, policy, clause."""
    counts: dict[str, Counter[str]] = {
        "action": Counter(),
        "decision": Counter(),
        "policy": Counter(),
        "clause": Counter(),
    }
    for verdict in found:
        counts["action"][way.action(verdict).value] += 1
        counts["decision"][verdict.decision.value] += 1
        counts["policy"].update({clause.rpartition("/")[0] for clause in verdict.clauses})
        counts["clause"].update(set(verdict.clauses))
    return [
        (what, name, number)
        for what, names in counts.items()
        for name, number in sorted(names.items(), key=lambda row: (-row[1], row[0]))
    ]


def orders(found: Iterable[Verdict], way: Way, now: int) -> Iterator[OutcomeEvent]:
    """What is said to the gate, in the order of the ids: two runs do the same in the same order."""
    for verdict in sorted(found, key=lambda verdict: verdict.id):
        action = way.action(verdict)
        if action is Action.RESTORE:
            yield StaffDecision(
                id=verdict.id,
                version=verdict.version,
                proposal=Proposal.RELEASE,
                by=way.by,
                reason=way.reason,
                at=now,
                digest=verdict.digest,
                ticket=way.ticket,
                bulk=True,
            )
        elif action is Action.JUDGE_AGAIN and verdict.digest is not None:
            hides = way.hide and verdict.decision is Decision.RELEASE
            yield CaseRequested(
                id=verdict.id,
                version=verdict.version,
                digest=verdict.digest,
                effect=Effect.HIDE if hides else Effect.WATCH,
                by=way.by,
                reason=way.reason,
                at=now,
                ticket=way.ticket,
            )


def outgoing(event: OutcomeEvent, names: TopicNames) -> Outgoing:
    """An order as a record.

    Raises:
        Unreadable: it breaks a bound of the contract.
    """
    value = encode(event)
    read_outcome(value)
    headers = headers_of(event, SOURCE, f"{event.by}.{event.id}.{event.version}.{event.at}")
    return Outgoing(names.of(Topic.OUTCOMES), event.id.encode(), value, headers)
