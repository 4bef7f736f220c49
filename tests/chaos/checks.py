"""What must hold of any run, whatever died in it. Each check returns its violations, none if it holds."""

from collections import Counter

from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.content import Deleted, Edited, Published
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.terms import Decision, Stage
from stream.core.verdict import CaseClosed, Verdict
from tests.chaos.evidence import Check, Evidence

Hold = tuple[str, str, int, Decision]


def content_is_answered_once_in_order(evidence: Evidence) -> list[str]:
    """The holds and deletions of a partition equal, in order, a fold of its `content` alone."""
    found = []
    for partition in evidence.partitions:
        expected = _expected_holds(evidence, partition)
        seen = [
            (written.cause, verdict.id, verdict.version, verdict.decision)
            for written in evidence.verdicts[partition]
            if written.cause.startswith("c") and isinstance(verdict := written.event, Verdict)
        ]
        if expected != seen:
            first = next(
                (pair for pair in zip(expected, seen, strict=False) if pair[0] != pair[1]),
                (len(expected), len(seen)),
            )
            found.append(f"partition {partition}: holds differ from content, first {first}")
    return found


def _expected_holds(evidence: Evidence, partition: int) -> list[Hold]:
    """The reference: what content alone says must be hidden, and when. Written apart from the lifecycle."""
    newest: dict[str, tuple[int, str]] = {}
    deleted: set[str] = set()
    confused: set[str] = set()
    holds: list[Hold] = []
    for offset, key, event in evidence.content[partition]:
        cause = f"c{partition}-{offset}"
        if event is None:
            if key not in confused and key not in deleted:
                confused.add(key)
                holds.append((cause, key, newest.get(key, (0, ""))[0], Decision.HOLD))
        elif isinstance(event, Published | Edited):
            version, digest = newest.get(event.id, (0, ""))
            again = event.version == version and (event.digest == digest or event.id in deleted)
            if event.version >= version and not again:
                newest[event.id] = (event.version, event.digest)
                deleted.discard(event.id)
                confused.discard(event.id)
                holds.append((cause, event.id, event.version, Decision.HOLD))
        elif isinstance(event, Deleted):
            version = max(event.version, newest.get(event.id, (0, ""))[0])
            if event.id not in deleted or version > newest[event.id][0]:
                newest[event.id] = (version, "")
                deleted.add(event.id)
                confused.discard(event.id)
                holds.append((cause, event.id, version, Decision.DELETED))
    return holds


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


def every_case_closes_once_or_is_with_people(evidence: Evidence) -> list[str]:
    """One closing for each case, or it sits in front of a person with a due time."""
    found = []
    for (content_id, case), events in evidence.cases.items():
        closings = sum(isinstance(event, CaseClosed) for event in events)
        if closings > 1:
            found.append(f"{content_id} {case}: closed {closings} times")
        if closings == 0 and not any(isinstance(event, ReviewTask) and event.due > 0 for event in events):
            found.append(f"{content_id} {case}: neither closed nor with people")
        if closings == 0 and any(isinstance(event, ReviewClosed) for event in events):
            found.append(f"{content_id} {case}: taken from people but not closed")
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
    verdict: Verdict, outcome: Outcome | StaffDecision | None, held: tuple[int, str | None] | None
) -> list[str]:
    if outcome is None:
        return [f"{verdict.id}: a decision without an outcome"]
    said = (outcome.id, outcome.version, outcome.proposal.value)
    if outcome.proposal is Proposal.REVIEW or said != (verdict.id, verdict.version, verdict.decision.value):
        return [f"{verdict.id}: the verdict is not what its outcome said"]
    if held is None:
        return [f"{verdict.id}: decided before it was held"]
    if held != (verdict.version, verdict.digest):
        return [f"{verdict.id}: decided version {verdict.version}, held was {held[0]}"]
    return []


def nothing_is_shown_that_content_hides(evidence: Evidence) -> list[str]:
    """At the end a one-rule reader shows only the newest published version of what was not deleted."""
    found = []
    for partition in evidence.partitions:
        newest = {hold[1]: hold for hold in _expected_holds(evidence, partition)}
        last = {}
        for written in evidence.verdicts[partition]:
            assert isinstance(written.event, Verdict)
            last[written.event.id] = written.event
        for content_id, verdict in last.items():
            _, _, version, decision = newest[content_id]
            if verdict.decision is Decision.RELEASE and (decision, version) != (
                Decision.HOLD,
                verdict.version,
            ):
                found.append(
                    f"{content_id}: version {verdict.version} is shown, content says {decision} {version}"
                )
        found += [f"{content_id}: never answered" for content_id in newest if content_id not in last]
        found += [
            f"{verdict.id}: still waits for a machine"
            for verdict in last.values()
            if verdict.decision is Decision.HOLD and verdict.stage is Stage.AUTOMATIC
        ]
    return found


def a_live_reader_saw_what_a_late_one_sees(evidence: Evidence) -> list[str]:
    """Nothing aborted was shown, nothing was reordered, nothing missed."""
    return [
        f"partition {partition}: the live reader saw {len(evidence.live[partition])} records, "
        f"a late one {len(evidence.final[partition])}, or others"
        for partition in evidence.partitions
        if evidence.live[partition] != evidence.final[partition]
    ]


def every_poison_is_kept(evidence: Evidence) -> list[str]:
    """Each unreadable record of `content` is a dead letter, once."""
    found = []
    for partition in evidence.partitions:
        kept = Counter(evidence.dead[partition])
        for offset, key, event in evidence.content[partition]:
            place = f"content/{partition}-{offset}"
            if event is None and kept[place] != 1:
                found.append(f"{key} at {place}: {kept[place]} dead letters")
    return found


ALL: tuple[Check, ...] = (
    content_is_answered_once_in_order,
    every_outcome_is_accounted_for,
    no_input_takes_effect_twice,
    every_case_closes_once_or_is_with_people,
    a_verdict_of_an_outcome_is_that_outcome,
    nothing_is_shown_that_content_hides,
    a_live_reader_saw_what_a_late_one_sees,
    every_poison_is_kept,
)
