"""A log record as one line: JSON for machines, coloured words for people."""

import logging
from datetime import datetime
from typing import Any, Final

import orjson
from rich.console import Console
from rich.text import Text

from stream.adapters.logs.fields import fields_of
from stream.core.printable import printable

_STYLES: Final = {
    "debug": "dim",
    "info": "green",
    "warning": "yellow",
    "error": "bold red",
    "critical": "bold white on red",
}
_HEAD: Final = ("time", "level", "process", "event", "logger")


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        fields = fields_of(record, self._process)
        try:
            line = orjson.dumps(fields, default=str, option=orjson.OPT_NON_STR_KEYS)
        except TypeError:  # a number beyond 64 bits, half a surrogate pair: a log call must not fail
            line = orjson.dumps({name: _encodable(value) for name, value in fields.items()})
        return line.decode()


class HumanLines(logging.Formatter):
    """Time of day, level, process, event, then the other fields as `name=value`.

    Args:
        process: the process's name.
        console: where the lines go; it knows whether colours can be shown.
    """

    def __init__(self, process: str, console: Console) -> None:
        super().__init__()
        self._process = process
        self._console = console

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end; control characters are shown, not obeyed."""
        fields = fields_of(record, self._process)
        clock = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
        line = Text.assemble(
            (clock, "dim"),
            " ",
            (f"{fields['level']:<9}", _STYLES.get(fields["level"], "")),
            (f"{self._process:<8}", "cyan"),
            _shown(fields["event"]),
        )
        for name, value in fields.items():
            if name not in _HEAD and name != "error":
                line.append(f"  {name}=", style="dim")
                line.append(_shown(value))
        if "error" in fields:
            _append_error(line, fields["error"])
        with self._console.capture() as captured:
            self._console.print(line, soft_wrap=True, end="")
        return captured.get()


def _append_error(line: Text, error: dict[str, Any]) -> None:
    line.append(f"\n    {error['type']}", style="bold red")
    if "message" in error:
        line.append(f": {_shown(error['message'])}")
    if "cause" in error:
        line.append(f"  (from {error['cause']})", style="dim")
    for frame in error.get("at", ()):
        line.append(f"\n      {frame}", style="dim")


def _encodable(value: Any) -> str:  # noqa: ANN401 - whatever a caller logs
    return str(value).encode("utf-8", "backslashreplace").decode()


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever a caller logs
    """A value as text; further lines of it are indented, so that none can pass for a line of the log."""
    return "\n    ".join(printable(line) for line in str(value).split("\n"))
