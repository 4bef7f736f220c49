"""What commands print: for people by rich, for scripts as JSON lines."""

import sys
from typing import Annotated, Any

import orjson
import typer
from msgspec import Struct, to_builtins
from rich.console import Console
from rich.text import Text

WIDE = 200
"""Columns where nobody looks: a pipe or a file cuts nothing off."""

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")]


def console() -> Console:
    """Standard output, as wide as the terminal."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(highlight=False, emoji=False, markup=False, width=width)


def say(*parts: str | tuple[str, str] | Text) -> None:
    """Print one line for people; a part may carry its style."""
    console().print(Text.assemble(*parts), soft_wrap=True)


def tell(value: Any) -> None:  # noqa: ANN401 - anything that JSON can hold
    """Print one JSON object as a line."""
    plain = to_builtins(value) if isinstance(value, Struct) else value
    sys.stdout.write(orjson.dumps(plain, default=str).decode() + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Say something on standard error, beside the output."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
