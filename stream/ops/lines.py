"""Posts as people write them in a file: one JSON object a line → events of the contract. Pure."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from msgspec import ValidationError, convert

from stream.core.content import ContentEvent, Published
from stream.core.errors import Unreadable

_TAG = "content.published.v1"


def event_of(line: str | bytes, now: int) -> ContentEvent:
    """Read one line.

    Args:
        line: a whole event of `content` (with its `type`), or a bare post: `{"id": …, "text": …}`, whose
            `version` is 1 and whose time is now where they are left out.
        now: in ms since 1970.

    Raises:
        Unreadable: it is no JSON object, or breaks a bound of the contract.
    """
    try:
        fields: Any = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"not JSON: {error.msg} at column {error.colno}") from None
    if not isinstance(fields, dict):
        raise Unreadable("not a JSON object")
    fields.setdefault("at", now)
    try:
        if fields.get("type", _TAG) == _TAG:
            return convert({"version": 1, **fields, "type": _TAG}, Published)
        event: ContentEvent = convert(fields, ContentEvent)
    except ValidationError as error:
        raise Unreadable(str(error)) from None
    return event


def events_of(lines: Iterable[str], now: int) -> Iterator[tuple[int, ContentEvent | Unreadable]]:
    """Read every line that is not blank: its number from 1, and its event or what is wrong with it."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield number, event_of(line, now)
        except Unreadable as error:
            yield number, error
