"""What a run left in Kafka, as a `read_committed` reader finds it."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from stream.core.case import Case, ReviewClosed, ReviewTask, RoutedCase
from stream.core.content import ContentEvent
from stream.core.errors import Unreadable
from stream.core.outcome import OutcomeEvent
from stream.core.state import ContentState, decode_state
from stream.core.verdict import CaseClosed, Verdict
from stream.core.wire import read_content, read_outcome, read_routed
from stream.ports import Record
from stream.runtime.transactional.progress import KEY


class Written(NamedTuple):
    """One record of the gate: where it lies, which input caused it, and what it says."""

    offset: int
    cause: str
    event: Struct


class Evidence:
    """Every record of the topics that a check reads, by partition and in order."""

    def __init__(self, partitions: int) -> None:
        self.partitions = range(partitions)
        self.content: dict[int, list[tuple[int, str, ContentEvent | None]]] = defaultdict(list)
        self.routed: dict[int, list[RoutedCase]] = defaultdict(list)
        self.states: dict[int, dict[str, ContentState]] = defaultdict(dict)
        self.outcomes: dict[int, list[tuple[int, OutcomeEvent]]] = defaultdict(list)
        self.verdicts: dict[int, list[Written]] = defaultdict(list)
        self.gate: dict[int, list[Written]] = defaultdict(list)
        self.dead: dict[int, list[str]] = defaultdict(list)
        self.live: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self.final: dict[int, list[tuple[int, bytes]]] = defaultdict(list)

    def add_content(self, record: Record) -> None:
        """A record of `content`; None stands for one that does not parse."""
        key = (record.key or b"").decode(errors="replace")
        try:
            event = read_content(record.value)
        except Unreadable:
            event = None
        self.content[record.partition].append((record.offset, key, event))

    def add_routed(self, record: Record) -> None:
        """A record of `cases.judge` or its priority."""
        self.routed[record.partition].append(read_routed(record.value))

    def add_state(self, record: Record) -> None:
        """A record of the gate's changelog; the last one of a key counts."""
        key = (record.key or b"").decode()
        if record.key == KEY:
            return
        if record.value is None:
            self.states[record.partition].pop(key, None)
        else:
            self.states[record.partition][key] = decode_state(record.value)

    def add_outcome(self, record: Record) -> None:
        """A record of `outcomes`."""
        self.outcomes[record.partition].append((record.offset, read_outcome(record.value)))

    def add_verdict(self, record: Record, verdict: Verdict) -> None:
        """A record of `verdicts`."""
        written = Written(record.offset, cause_of(record), verdict)
        self.verdicts[record.partition].append(written)
        self.gate[record.partition].append(written)
        self.final[record.partition].append((record.offset, record.value or b""))

    def add_gate(self, record: Record, event: Struct) -> None:
        """A record that the gate wrote to any other topic."""
        self.gate[record.partition].append(Written(record.offset, cause_of(record), event))

    def add_dead(self, record: Record, place: str) -> None:
        """A dead letter, named by the place of what it keeps."""
        self.dead[record.partition].append(place)

    @cached_property
    def cases(self) -> dict[tuple[str, str], list[Struct]]:
        """What was said of each case, by content id and case."""
        found: dict[tuple[str, str], list[Struct]] = defaultdict(list)
        for event in self._of(Verdict, Case, ReviewTask, ReviewClosed, CaseClosed):
            case = getattr(event, "case", None)
            if case is not None:
                found[event.id, case].append(event)  # type: ignore[attr-defined]
        return found

    def _of(self, *kinds: type[Struct]) -> Iterable[Struct]:
        for partition in self.partitions:
            for written in self.gate[partition]:
                if isinstance(written.event, kinds):
                    yield written.event


def cause_of(record: Record) -> str:
    """The place of the input that caused a record of the gate: `c3-1042`, `o3-17`, `t3-1790000000000`."""
    event_id = dict(record.headers)["ce_id"].decode()
    return event_id.split(".", 1)[0]


Check = Callable[[Evidence], list[str]]
