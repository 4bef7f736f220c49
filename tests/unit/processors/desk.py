"""A gate at a desk: one process, no broker; records in, decoded events out."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.json import decode

from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.control import PausedAction
from stream.core.control.state import ControlState
from stream.core.dead_letter import DeadLetter
from stream.core.murmur2 import partition_of
from stream.core.step import Terms
from stream.core.topics import TopicNames
from stream.core.verdict import CaseClosed, Notice, OutcomeDropped, Verdict
from stream.core.wire import encode
from stream.ports import Outgoing, Record, Step, Unchanged
from stream.processors.gate import Gate

PARTITIONS = 6
Event = Verdict | Case | ReviewTask | ReviewClosed | Notice | CaseClosed | OutcomeDropped | DeadLetter


class Counts:
    """An observer that keeps what it heard."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.refusals: list[str] = []
        self.urgencies: list[bool] = []
        self.brakings: list[tuple[tuple[str, ...], str]] = []
        self.decisions: list[tuple[str, str, float]] = []
        self.text = 0

    def stepped(self, note: str, text: int = 0) -> None:
        self.notes.append(note)
        self.text += text

    def decided(self, decision: str, by: str, seconds: float) -> None:
        self.decisions.append((decision, by, seconds))

    def urgent(self, overdue: bool) -> None:
        self.urgencies.append(overdue)

    def braked(self, policies: Sequence[str], surface: str) -> None:
        self.brakings.append((tuple(policies), surface))

    def refused(self, error: str) -> None:
        self.refusals.append(error)


class Desk:
    """Feeds a gate and keeps its states as the runner would."""

    def __init__(self, terms: Terms | None = None, controls: ControlState | None = None) -> None:
        self.now = 1_000_000
        self.counts = Counts()
        self._controls = controls or ControlState()
        self.gate = Gate(
            TopicNames(), terms or Terms(), PARTITIONS, lambda: self.now, self.counts, controls=self
        )
        self.states: dict[bytes, bytes] = {}
        self._offset = 0

    def tell(self, controls: ControlState) -> None:
        """Operators change their minds, between two records."""
        self._controls = controls

    def paused(self, action: PausedAction, policies: Sequence[str], surface: str | None) -> str:
        """See `stream.ports.Controls`."""
        return self._controls.paused(action, policies, surface)

    def pauses_any(self, action: PausedAction) -> bool:
        """See `stream.ports.Controls`."""
        return self._controls.pauses_any(action)

    def send(self, event: Struct, topic: str = "content") -> list[Event]:
        """An event of the contract, keyed and placed as it must be."""
        key = str(getattr(event, "id")).encode()  # noqa: B009
        return self.send_raw(encode(event), key, topic)

    def send_raw(
        self, value: bytes | None, key: bytes | None, topic: str = "content", partition: int | None = None
    ) -> list[Event]:
        """Any bytes at all."""
        self._offset += 1
        place = partition_of(key or b"", PARTITIONS) if partition is None else partition
        record = Record(topic, place, self._offset, key, value)
        return self._kept(key or b"", self.gate.handle(record, self.states.get(key or b"")))

    def overflow(self, key: bytes, topic: str) -> list[Event]:
        """The runner found that what follows from a record under this key is too large."""
        self._offset += 1
        record = Record(topic, partition_of(key, PARTITIONS), self._offset, key, b"{}")
        return self._kept(key, self.gate.overflow(record, self.states.get(key)))

    def wake(self, content_id: str) -> list[Event]:
        """Let the clock reach this content's wake time."""
        key = content_id.encode()
        state = self.states[key]
        self.now = max(self.now, self.gate.head(state)[0])
        return self._kept(key, self.gate.wake(key, state, self.now))

    def _kept(self, key: bytes, step: Step) -> list[Event]:
        if step.state is None:
            self.states.pop(key, None)
        elif not isinstance(step.state, Unchanged):
            self.states[key] = step.state
        return list(_events(step.outputs))


def _events(outputs: object) -> Iterator[Event]:
    assert isinstance(outputs, list | tuple)
    for outgoing in outputs:
        assert isinstance(outgoing, Outgoing)
        assert outgoing.value is not None
        yield decode(outgoing.value, type=Event)
