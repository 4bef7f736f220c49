"""What a log record says, as fields. Pure.

No line may hold what somebody posted. Fields by the names of such text are dropped here; an error's own
message is kept only for errors of ours and of the system, since any other may quote its input.
"""

import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from stream.core.errors import SluiceError

WITHHELD = frozenset(
    {
        "author",
        "content",
        "quote",
        "rationale",
        "reasoning",
        "remediation",
        "statement",
        "text",
        "value",
    }
)
"""Names of fields that could hold a post's words, or lead to who wrote them."""

MAX_TEXT = 1_000
"""Characters of one field; longer ones are cut, so that no record floods the log."""

MAX_FRAMES = 8

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def fields_of(record: logging.LogRecord, process: str) -> dict[str, Any]:
    """The fields of a line: time, level, process, event, logger, then those of `extra`, then the error's."""
    fields: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "process": process,
        "event": _cut(record.getMessage()),
        "logger": record.name,
    }
    for name, value in vars(record).items():
        if name not in _OWN and name not in fields:
            fields[name] = "[withheld]" if name in WITHHELD else _cut(value)
    if record.exc_info and record.exc_info[1] is not None:
        fields["error"] = error_of(record.exc_info[1])
    return fields


def error_of(error: BaseException) -> dict[str, Any]:
    """An error as fields: its class, its message where that is safe, where it happened, what caused it."""
    told: dict[str, Any] = {"type": type(error).__name__}
    if isinstance(error, SluiceError | OSError):
        told["message"] = _cut(str(error))
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    if frames:
        told["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["cause"] = type(cause).__name__
    return told


def _cut(value: Any) -> Any:  # noqa: ANN401 - whatever a caller logs
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return f"{value[:MAX_TEXT]}… ({len(value):,} characters)"
    return value
