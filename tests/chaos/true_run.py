"""A small run in which all is well, made by hand: what the checks must pass, and mistakes are planted in."""

from msgspec import Struct
from msgspec.structs import replace

from stream.core.case import Case, RoutedCase
from stream.core.content import Deleted, Edited, Published, Reported
from stream.core.murmur2 import partition_of
from stream.core.outcome import Outcome, OutcomeEvent, Proposal, StaffDecision
from stream.core.step import Terms
from stream.core.terms import DecidedBy, Effort
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, read_dead_letter, read_verdict
from stream.ports import Outgoing, Record, Unchanged
from stream.processors.gate import Gate
from tests.chaos.evidence import Evidence
from tests.chaos.reading import read_gate
from tests.unit.processors.desk import Counts

PARTITIONS = 2
NAMES = TopicNames()
SET = "sha256:" + "1" * 64


class Run:
    """One gate fed by hand, its evidence gathered as it goes; what it hands out is routed at once."""

    def __init__(self) -> None:
        self.evidence = Evidence(PARTITIONS)
        self._gate = Gate(NAMES, Terms(), PARTITIONS, lambda: 1_000, Counts())
        self._states: dict[bytes, bytes] = {}
        self._offset = 0

    def content(self, key: str, event: Struct | bytes) -> str:
        """A record of `content`; returns the case that it opened, if it did."""
        value = event if isinstance(event, bytes) else encode(event)
        record = self._record("content", key, value)
        self.evidence.add_content(record)
        self._step(record)
        return f"c{record.partition}-{record.offset}"

    def post(self, content_id: str, version: int = 1, text: str = "hello") -> str:
        """A new version; returns its case."""
        kind = Published if version == 1 else Edited
        return self.content(content_id, kind(id=content_id, version=version, at=1, text=text))

    def judge(self, key: str, case: str, version: int = 1, proposal: Proposal = Proposal.RELEASE) -> None:
        """A model's outcome for a case."""
        self.outcome(
            Outcome(
                id=key,
                case=case,
                version=version,
                proposal=proposal,
                decided_by=DecidedBy.MODEL,
                at=1,
                by="judge",
                policy_set=SET,
                model="some-model",
                effort=Effort.HIGH,
            )
        )

    def outcome(self, outcome: OutcomeEvent) -> None:
        """Anybody's outcome."""
        record = self._record("outcomes", outcome.id, encode(outcome))
        self.evidence.add_outcome(record)
        self._step(record)

    def _record(self, topic: str, key: str, value: bytes) -> Record:
        self._offset += 1
        return Record(topic, partition_of(key.encode(), PARTITIONS), self._offset, key.encode(), value)

    def _step(self, record: Record) -> None:
        key = record.key or b""
        step = self._gate.handle(record, self._states.get(key))
        if not isinstance(step.state, Unchanged):
            assert step.state is not None
            self._states[key] = step.state
            self.evidence.add_state(replace(record, value=step.state))
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
            event = read_gate(written)
            self.evidence.add_gate(written, event)
            if isinstance(event, Case):
                self._route(written, event)

    def _route(self, record: Record, case: Case) -> None:
        content = case.content or Published(id=case.id, version=case.version, at=1, text="hello")
        routed = RoutedCase(
            id=case.id,
            case=case.case,
            version=case.version,
            effect=case.effect,
            origin=case.origin,
            opened_at=case.opened_at,
            due=case.due,
            digest=content.digest,
            content=content,
            policies=("harassment",),
            policy_set=SET,
            effort=case.effort,
            source=case.source,
        )
        self.evidence.add_routed(replace(record, value=encode(routed)))


def true_run() -> Evidence:
    """Answers in time, late, twice and never; people and staff; an edit, a deletion, a report, noise."""
    run = Run()
    for name in ("a", "b", "c", "d", "e", "f"):
        first = run.post(name)
        run.judge(name, first)
        run.judge(name, first)
        second = run.post(name, 2, "again")
        run.judge(name, first)
        run.judge(name, second, 2, Proposal.REMOVE)
        third = run.post(name, 3, "once more")
        run.content(name, Deleted(id=name, version=3, at=1))
        run.judge(name, third, 3)
    for name in ("g", "h"):
        run.judge(name, run.post(name))
        run.content(name, b"{")
    for name in ("i", "j"):
        _decided_by_people(run, name)
    for name in ("k", "l"):
        run.post(name)
        run.judge(name, run.post(name, 2, "its first version was superseded unanswered"), 2)
    return run.evidence


def _decided_by_people(run: Run, name: str) -> None:
    """The model asks for people, a reviewer removes, staff restore; of a report the model disagrees."""
    case = run.post(name)
    run.judge(name, case, 1, Proposal.REVIEW)
    reviewer = Outcome(
        id=name,
        case=case,
        version=1,
        proposal=Proposal.REMOVE,
        decided_by=DecidedBy.REVIEWER,
        by="ann",
        at=1,
    )
    run.outcome(reviewer)
    order = StaffDecision(id=name, version=1, proposal=Proposal.RELEASE, by="bob", reason="x", at=1)
    run.outcome(order)
    reported = run.content(name, Reported(id=name, version=1, at=1, reporter="r", reason="spam"))
    run.judge(name, reported, 1, Proposal.REMOVE)
