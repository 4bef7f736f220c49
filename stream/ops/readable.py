"""The events in records that may hold anything. Pure."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from stream.core.errors import Unreadable
from stream.ports import Record

Event = TypeVar("Event")


def readable(records: Iterable[Record], read: Callable[[bytes | None], Event]) -> Iterator[Event]:
    """What can be read, in order; the rest is passed over.

    Args:
        records: of one topic.
        read: how its records are read; raises Unreadable.
    """
    for record in records:
        try:
            event = read(record.value)
        except Unreadable:
            continue
        yield event
