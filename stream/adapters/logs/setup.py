"""Sends the process's log to standard error."""

import logging
import sys
from typing import Literal, TextIO

from rich.console import Console

from stream.adapters.logs.formatters import HumanLines, JsonLines

_CHATTY = dict.fromkeys(
    (
        "aiohttp.access",
        "aiokafka",
        "asyncio",
        "docker",
        "faust",
        "httpx",
        "mode",
        "stream.adapters.faust",
        "urllib3",
    ),
    logging.WARNING,
)
"""Loggers of others whose small talk helps nobody."""


def configure(
    process: str,
    level: Literal["debug", "info", "warning", "error"] = "info",
    format: Literal["auto", "human", "json"] = "auto",  # noqa: A002 - the setting's name
    stream: TextIO | None = None,
) -> None:
    """Take over the root logger: one line an event, and Python's warnings among them.

    Args:
        process: the process's name, a field of every line.
        level: the least that is logged.
        format: `auto` is human on a terminal, else JSON.
        stream: by default standard error.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    if format == "human" or (format == "auto" and stream.isatty()):
        handler.setFormatter(
            HumanLines(process, Console(file=stream, highlight=False, markup=False, emoji=False))
        )
    else:
        handler.setFormatter(JsonLines(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _CHATTY.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(capture=True)
