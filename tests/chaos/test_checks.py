"""Each check of a chaos run can fail: a small true run, and one mistake at a time in its evidence."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from stream.core.content import Deleted, Edited, Published
from stream.core.murmur2 import partition_of
from stream.core.outcome import Outcome, Proposal
from stream.core.step import Terms
from stream.core.terms import DecidedBy, Decision
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import CaseClosed, Verdict
from stream.core.wire import encode, read_dead_letter, read_verdict
from stream.ports import Outgoing, Record, Unchanged
from stream.processors.gate import Gate
from tests.chaos import checks
from tests.chaos.evidence import Check, Evidence, Written
from tests.chaos.reading import read_gate
from tests.unit.processors.desk import Counts

PARTITIONS = 2
NAMES = TopicNames()


class Run:
    """One gate fed by hand, its evidence gathered as it goes."""

    def __init__(self) -> None:
        self.evidence = Evidence(PARTITIONS)
        self._gate = Gate(NAMES, Terms(), PARTITIONS, lambda: 1_000, Counts())
        self._states: dict[bytes, bytes] = {}
        self._offset = 0

    def content(self, key: str, value: bytes) -> str:
        """A record of `content`; returns the case that it opened, if it did."""
        record = self._record("content", key, value)
        self.evidence.add_content(record)
        self._step(record)
        return f"c{record.partition}-{record.offset}"

    def outcome(self, key: str, case: str, version: int, proposal: Proposal = Proposal.RELEASE) -> None:
        """A model's outcome for a case."""
        outcome = Outcome(
            id=key, case=case, version=version, proposal=proposal, decided_by=DecidedBy.MODEL, at=1
        )
        record = self._record("outcomes", key, encode(outcome))
        self.evidence.add_outcome(record)
        self._step(record)

    def _record(self, topic: str, key: str, value: bytes) -> Record:
        self._offset += 1
        return Record(topic, partition_of(key.encode(), PARTITIONS), self._offset, key.encode(), value)

    def _step(self, record: Record) -> None:
        key = record.key or b""
        step = self._gate.handle(record, self._states.get(key))
        if isinstance(step.state, bytes):
            self._states[key] = step.state
        elif not isinstance(step.state, Unchanged):
            self._states.pop(key, None)
        for outgoing in step.outputs:
            self._keep(outgoing)

    def _keep(self, outgoing: Outgoing) -> None:
        self._offset += 1
        written = Record(
            outgoing.topic,
            partition_of(outgoing.key, PARTITIONS),
            self._offset,
            outgoing.key,
            outgoing.value,
            headers=outgoing.headers,
        )
        if outgoing.topic == Topic.VERDICTS:
            self.evidence.add_verdict(written, read_verdict(written.value))
            self.evidence.live[written.partition].append((written.offset, written.value or b""))
        elif outgoing.topic == Topic.DEAD_LETTERS:
            self.evidence.add_dead(written, read_dead_letter(written.value).place)
        else:
            self.evidence.add_gate(written, read_gate(written))


def true_run() -> Evidence:
    """Releases, a late answer to an edit and to a deletion, a duplicate, and an unreadable event."""
    run = Run()

    def post(content_id: str, version: int, text: str = "hello") -> str:
        kind = Published if version == 1 else Edited
        return run.content(content_id, encode(kind(id=content_id, version=version, at=1, text=text)))

    for name in ("a", "b", "c", "d", "e", "f"):
        first = post(name, 1)
        run.outcome(name, first, 1)
        run.outcome(name, first, 1)
        second = post(name, 2, "again")
        run.outcome(name, first, 1)
        run.outcome(name, second, 2, Proposal.REMOVE)
        third = post(name, 3, "once more")
        run.content(name, encode(Deleted(id=name, version=3, at=1)))
        run.outcome(name, third, 3)
    for name in ("g", "h"):
        run.outcome(name, post(name, 1), 1)
        run.content(name, b"{")
    return run.evidence


def some(evidence: Evidence, decision: Decision) -> tuple[int, int, Verdict]:
    """Partition, place and value of a verdict with this decision."""
    return next(
        (partition, place, written.event)
        for partition in evidence.partitions
        for place, written in enumerate(evidence.verdicts[partition])
        if isinstance(written.event, Verdict) and written.event.decision is decision
    )


def lose_a_hold(evidence: Evidence) -> None:
    partition, place, _ = some(evidence, Decision.HOLD)
    del evidence.verdicts[partition][place]


def double_a_hold(evidence: Evidence) -> None:
    partition, place, _ = some(evidence, Decision.HOLD)
    evidence.verdicts[partition].insert(place, evidence.verdicts[partition][place])


def double_a_release(evidence: Evidence) -> None:
    partition, place, _ = some(evidence, Decision.RELEASE)
    evidence.gate[partition].append(evidence.verdicts[partition][place])


def change_a_release(evidence: Evidence) -> None:
    partition, place, verdict = some(evidence, Decision.RELEASE)
    written = evidence.verdicts[partition][place]
    evidence.verdicts[partition][place] = written._replace(event=replace(verdict, version=9))


def apply_a_late_outcome(evidence: Evidence) -> None:
    """As a gate without the check of the open case would: the deleted post is shown."""
    partition, _, verdict = some(evidence, Decision.DELETED)
    offset = max(offset for offset, outcome in evidence.outcomes[partition] if outcome.id == verdict.id)
    shown = Verdict(id=verdict.id, version=3, decision=Decision.RELEASE, at=1, digest="x")
    evidence.verdicts[partition].append(Written(99_999, f"o{partition}-{offset}", shown))


def lose_an_outcome(evidence: Evidence) -> None:
    partition = next(number for number in evidence.partitions if evidence.outcomes[number])
    offset, _ = evidence.outcomes[partition][0]
    cause = f"o{partition}-{offset}"
    evidence.gate[partition] = [one for one in evidence.gate[partition] if one.cause != cause]


def close_twice(evidence: Evidence) -> None:
    for partition in evidence.partitions:
        closings = [one for one in evidence.gate[partition] if isinstance(one.event, CaseClosed)]
        evidence.gate[partition] += [one._replace(cause="o0-0") for one in closings[:1]]


def never_close(evidence: Evidence) -> None:
    for partition in evidence.partitions:
        kept = [one for one in evidence.gate[partition] if not isinstance(one.event, CaseClosed)]
        evidence.gate[partition] = kept


def show_an_aborted_record(evidence: Evidence) -> None:
    partition = next(number for number in evidence.partitions if evidence.live[number])
    evidence.live[partition].insert(0, (0, b"aborted"))


def lose_a_dead_letter(evidence: Evidence) -> None:
    evidence.dead.clear()


SEEDED: list[tuple[Callable[[Evidence], None], Check]] = [
    (lose_a_hold, checks.content_is_answered_once_in_order),
    (double_a_hold, checks.content_is_answered_once_in_order),
    (double_a_release, checks.no_input_takes_effect_twice),
    (change_a_release, checks.a_verdict_of_an_outcome_is_that_outcome),
    (apply_a_late_outcome, checks.a_verdict_of_an_outcome_is_that_outcome),
    (apply_a_late_outcome, checks.nothing_is_shown_that_content_hides),
    (lose_an_outcome, checks.every_outcome_is_accounted_for),
    (close_twice, checks.every_case_closes_once_or_is_with_people),
    (never_close, checks.every_case_closes_once_or_is_with_people),
    (show_an_aborted_record, checks.a_live_reader_saw_what_a_late_one_sees),
    (lose_a_dead_letter, checks.every_poison_is_kept),
]


@pytest.mark.parametrize("check", checks.ALL)
def test_a_true_run_passes(check: Check) -> None:
    assert check(true_run()) == []


@pytest.mark.parametrize(("mistake", "check"), SEEDED)
def test_a_seeded_mistake_is_found(mistake: Callable[[Evidence], None], check: Check) -> None:
    # Given a true run / When one mistake is made in it
    evidence = true_run()
    mistake(evidence)
    # Then the check that is there for it says so
    assert check(evidence) != []


def test_every_check_has_a_mistake_that_it_finds() -> None:
    assert {check for _, check in SEEDED} == set(checks.ALL)
