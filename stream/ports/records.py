"""What travels through Kafka, as runners and processors see it: values only."""

from collections.abc import Iterable

from msgspec import Struct

from stream.core.errors import Oversized

Headers = tuple[tuple[str, bytes], ...]
Partition = tuple[str, int]
"""A topic's name and a partition's number."""

BEGINNING = -2
"""As a position's offset: the first record that the topic still retains."""

MAX_METADATA = 4_095
"""Usable length of a commit's metadata, in UTF-16 units: the broker's `offset.metadata.max.bytes` is 4,096,
and the client library appends a NUL."""


class Record(Struct, frozen=True, gc=False):
    """One record as it lies in Kafka. `timestamp` is in milliseconds since 1970, -1 if unknown."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = -1
    headers: Headers = ()


class EndOfPartition(Struct, frozen=True, gc=False):
    """The consumer stands at a partition's end: `offset` steps over transaction markers too."""

    topic: str
    partition: int
    offset: int


class RecordsLost(Struct, frozen=True, gc=False):
    """The position that was asked for is not in the log: retention removed it, or the log was cut.

    Nothing more comes from this partition until `Consumer.assign` names it again (at `BEGINNING`, say).
    """

    topic: str
    partition: int
    offset: int


Consumed = Record | EndOfPartition | RecordsLost


class Outgoing(Struct, frozen=True, gc=False):
    """A record to publish. `partition` None lets the key choose (murmur2); `value` None is a tombstone."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


class Position(Struct, frozen=True, gc=False):
    """A place in a partition: the next offset to read (or `BEGINNING`), and the commit's metadata."""

    topic: str
    partition: int
    offset: int
    metadata: str = ""


def check_metadata(positions: Iterable[Position]) -> None:
    """Refuse metadata that the broker would refuse, with the whole commit around it.

    Raises:
        Oversized: above `MAX_METADATA`.
    """
    for each in positions:
        length = len(each.metadata.encode("utf-16-le")) // 2
        if length > MAX_METADATA:
            raise Oversized(
                f"metadata of {each.topic}[{each.partition}]: {length} units, at most {MAX_METADATA} fit"
            )
