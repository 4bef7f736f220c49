"""`--since`: how far back a command looks."""

import re
from typing import Annotated

import typer

from stream.cli.context import now_ms
from stream.core import duration


def milliseconds(text: str) -> int:
    """A length of time as people write it. Raises `typer.BadParameter`."""
    if not re.fullmatch(r"\d{1,9}[smhd]", text):
        raise typer.BadParameter(f"{text!r} is no length of time: write 90s, 30m, 12h or 7d")
    return duration.milliseconds(text)


def _parsed(text: str) -> int:
    return now_ms() - milliseconds(text)


Since = Annotated[
    int | None,
    typer.Option(
        "--since",
        parser=_parsed,
        metavar="TIME",
        help="Look back so far only: 90s, 30m, 12h, 7d.",
        show_default="all",
    ),
]
"""A moment in ms since 1970, or None for all that is retained."""

Recent = Annotated[
    int | None,
    typer.Option(
        "--since",
        parser=_parsed,
        metavar="TIME",
        help="Look back so far: 90s, 30m, 12h, 7d.",
        show_default="1h",
    ),
]
"""A moment in ms since 1970, or None for an hour ago."""
