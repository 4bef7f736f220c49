"""What the gate is told of each decision; and what it was told before, under the same ticket."""

from collections import Counter
from collections.abc import Iterable, Iterator

from stream.core.errors import Unreadable
from stream.core.outcome import CaseRequested, OutcomeEvent, Proposal, StaffDecision
from stream.core.terms import Decision, Effect, Effort
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode, headers_of, read_outcome
from stream.ops.revert.wanted import Action, Way
from stream.ports import Outgoing, Record

SOURCE = "/sluice/revert"


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
    value = encode(event)
    read_outcome(value)
    headers = headers_of(event, SOURCE, f"{event.by}.{event.id}.{event.version}.{event.at}")
    return Outgoing(names.of(Topic.OUTCOMES), event.id.encode(), value, headers)
