"""What the gate is told of each decision."""

from collections import Counter
from collections.abc import Iterable, Iterator

from stream.core.outcome import CaseRequested, OutcomeEvent, Proposal, StaffDecision
from stream.core.terms import Decision, Effect, Effort
from stream.core.topics import TopicNames
from stream.core.verdict import Verdict
from stream.ops.outcomes import as_record
from stream.ops.revert.wanted import Action, Way
from stream.ports import Outgoing

SOURCE = "/sluice/revert"


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
                effort=Effort.LOW,  # the set's own; the bulk's lane, so that reports and appeals go first
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
    return as_record(event, SOURCE, names)
