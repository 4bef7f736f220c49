"""What became of each outcome, and whether it was its sender's to give."""

from collections import Counter
from collections.abc import Iterator

from stream.core.case import Case, ReviewTask
from stream.core.outcome import CaseRequested, Outcome, OutcomeEvent, Proposal, StaffDecision
from stream.core.terms import DecidedBy, Decision, Stage
from stream.core.verdict import CaseClosed, Verdict
from tests.chaos.evidence import Evidence


def every_outcome_is_accounted_for(evidence: Evidence) -> list[str]:
    """Each outcome led to records of the gate: it applied, or it was dropped and audited."""
    found = []
    for partition in evidence.partitions:
        causes = {written.cause for written in evidence.gate[partition]}
        found += [
            f"outcome {partition}-{offset} of {outcome.id} left no trace"
            for offset, outcome in evidence.outcomes[partition]
            if f"o{partition}-{offset}" not in causes
        ]
    return found


def no_input_takes_effect_twice(evidence: Evidence) -> list[str]:
    """An input causes at most one verdict, case, task and closing each."""
    found = []
    for partition in evidence.partitions:
        counts = Counter(
            (
                written.cause,
                type(written.event).__name__,
                getattr(written.event, "case", None),
                written.event.id,
            )
            for written in evidence.gate[partition]
            if isinstance(written.event, Verdict | Case | ReviewTask | CaseClosed)
        )
        found += [f"{key} {count} times" for key, count in counts.items() if count > 1]
    return found


def a_verdict_of_an_outcome_is_that_outcome(evidence: Evidence) -> list[str]:
    """A release or removal says what its outcome said, of the newest version that was held."""
    found = []
    for partition in evidence.partitions:
        outcomes = dict(evidence.outcomes[partition])
        held: dict[str, tuple[int, str | None]] = {}
        deleted: set[str] = set()
        last_offset = -1
        for written in evidence.verdicts[partition]:
            verdict = written.event
            assert isinstance(verdict, Verdict)
            if verdict.decision is Decision.HOLD:
                held[verdict.id] = (verdict.version, verdict.digest)
                deleted.discard(verdict.id)
            elif verdict.decision is Decision.DELETED:
                deleted.add(verdict.id)
            else:
                offset = int(written.cause.split("-")[1])
                if offset <= last_offset:
                    found.append(f"{verdict.id}: outcomes applied out of order at {written.offset}")
                last_offset = offset
                found += _mismatch(verdict, outcomes.get(offset), held.get(verdict.id))
                if verdict.id in deleted:
                    found.append(f"{verdict.id}: decided after it was deleted")
    return found


def _mismatch(
    verdict: Verdict, outcome: OutcomeEvent | None, held: tuple[int, str | None] | None
) -> Iterator[str]:
    if outcome is None or isinstance(outcome, CaseRequested):
        yield f"{verdict.id}: a decision without an outcome"
        return
    said = (outcome.id, outcome.version, outcome.proposal.value)
    if outcome.proposal is Proposal.REVIEW or said != (verdict.id, verdict.version, verdict.decision.value):
        yield f"{verdict.id}: the verdict is not what its outcome said"
    if _stamps(outcome) != _stamps(verdict):
        yield f"{verdict.id}: the verdict names others than decided it"
    if held is None:
        yield f"{verdict.id}: decided before it was held"
    elif held != (verdict.version, verdict.digest):
        yield f"{verdict.id}: decided version {verdict.version}, held was {held[0]}"


def _stamps(said: Verdict | Outcome | StaffDecision) -> tuple[object, ...]:
    """Who or what decided, under which policies, and why."""
    if isinstance(said, StaffDecision):
        return (DecidedBy.STAFF, None, None, None, said.clauses, said.reason)
    return (said.decided_by, said.policy_set, said.model, said.effort, said.clauses, said.reason)


def every_machine_signs_its_verdicts(evidence: Evidence) -> list[str]:
    """What no person decided names the policy set, the model and the effort."""
    return [
        f"{verdict.id}: {verdict.decision.value} by {verdict.decided_by} without saying under what"
        for verdict in _decisions(evidence)
        if not _by_person(verdict) and None in (verdict.policy_set, verdict.model, verdict.effort)
    ]


def no_machine_overturns_a_person(evidence: Evidence) -> list[str]:
    """Once a person has decided about a version, only people decide about it: until a new version is held."""
    found = []
    for partition in evidence.partitions:
        decided: set[str] = set()
        for written in evidence.verdicts[partition]:
            verdict = written.event
            assert isinstance(verdict, Verdict)
            if verdict.decision is Decision.HOLD and verdict.stage is Stage.AUTOMATIC:
                decided.discard(verdict.id)
            elif verdict.decided_by is not None and _by_person(verdict):
                decided.add(verdict.id)
            elif verdict.decided_by is not None and verdict.id in decided:
                found.append(f"{verdict.id}: {verdict.decision.value} by {verdict.decided_by} after a person")
    return found


def _decisions(evidence: Evidence) -> Iterator[Verdict]:
    for partition in evidence.partitions:
        for written in evidence.verdicts[partition]:
            if isinstance(written.event, Verdict) and written.event.decided_by is not None:
                yield written.event


def _by_person(verdict: Verdict) -> bool:
    return verdict.decided_by is not None and verdict.decided_by.is_person
