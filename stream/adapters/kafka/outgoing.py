"""Checks on records before they are handed to librdkafka."""

from stream.core.errors import Oversized
from stream.ports import Outgoing

SPARE = 8_192
"""Room for key, headers and framing: a record whose value leaves this much is not counted exactly."""

_FRAMING = 64
_HEADER_FRAMING = 10


def as_headers(output: Outgoing) -> list[tuple[str, str | bytes | None]] | None:
    """Headers as the binding takes them (it refuses tuples)."""
    return [*output.headers] if output.headers else None


def size_of(output: Outgoing) -> int:
    """Bytes that librdkafka counts for one record, rounded up: at most a few too many, never too few."""
    headers = sum(len(name.encode()) + len(value) + _HEADER_FRAMING for name, value in output.headers)
    return len(output.key) + len(output.value or b"") + headers + _FRAMING


def check_size(output: Outgoing, limit: int) -> None:
    """Refuse what librdkafka would refuse.

    Raises:
        Oversized: larger than `limit` bytes.
    """
    size = size_of(output)
    if size > limit:
        raise Oversized(f"a record for {output.topic} of {size} bytes: at most {limit} can be published")
