"""Many outcomes at once, under one ticket: each as a record, and what an earlier run said. Pure."""

from collections.abc import Iterable

from stream.core.outcome import CaseRequested, OutcomeEvent, StaffDecision
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, headers_of, read_outcome
from stream.ops.readable import readable
from stream.ports import Outgoing, Record


def already_said(records: Iterable[Record], ticket: str) -> set[tuple[str, int]]:
    """Id and version of what `outcomes` has under this ticket, applied or not: another run leaves it out."""
    return {
        (event.id, event.version)
        for event in readable(records, read_outcome)
        if isinstance(event, StaffDecision | CaseRequested) and event.ticket == ticket
    }


def as_record(event: OutcomeEvent, source: str, names: TopicNames) -> Outgoing:
    """What is said to the gate, as a record from `source`.

    Raises:
        Unreadable: it breaks a bound of the contract.
    """
    value = encode(event)
    read_outcome(value)
    headers = headers_of(event, source, f"{event.by}.{event.id}.{event.version}.{event.at}")
    return Outgoing(names.of(Topic.OUTCOMES), event.id.encode(), value, headers)
