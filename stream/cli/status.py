"""How a command ends: its exit status, and one clear sentence on standard error where it failed."""

import sys
from enum import IntEnum
from typing import Any

import typer
from typer.core import TyperGroup

from stream.core.errors import BadInput, Fenced, Misconfigured, SluiceError, Unavailable
from stream.ops.control import NotPaused, NotPromoted, NotPublished
from stream.ops.decision import NothingToDecide


class Status(IntEnum):
    """The exit statuses of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    MISCONFIGURED = 3
    UNAVAILABLE = 4
    FENCED = 5
    NOT_FOUND = 6
    INTERRUPTED = 130


ABOUT = {
    Status.DONE: "done",
    Status.FAILED: "failed (the message says why)",
    Status.USAGE: "bad input: a command, option, name or file that is not there, or does not hold together",
    Status.MISCONFIGURED: "settings or topics that cannot work",
    Status.UNAVAILABLE: "the broker or the engine does not answer",
    Status.FENCED: "another process has this one's name",
    Status.NOT_FOUND: "nothing of that id",
    Status.INTERRUPTED: "Ctrl-C",
}

_ORDER = (
    "demo",
    "run",
    "health",
    "topics",
    "publish",
    "verdicts",
    "trace",
    "decide",
    "canary",
    "revert",
    "recheck",
    "pause",
    "resume",
    "pauses",
    "rules",
    "dlq",
    "policy",
    "eval",
    "config",
    "version",
)

_BY_ERROR: tuple[tuple[type[SluiceError], Status], ...] = (
    (BadInput, Status.USAGE),
    (Misconfigured, Status.MISCONFIGURED),
    (Unavailable, Status.UNAVAILABLE),
    (Fenced, Status.FENCED),
    (NothingToDecide, Status.NOT_FOUND),
    (NotPaused, Status.NOT_FOUND),
    (NotPublished, Status.NOT_FOUND),
    (NotPromoted, Status.NOT_FOUND),
)


def status_of(error: SluiceError) -> Status:
    """The exit status of an error."""
    return next((status for kind, status in _BY_ERROR if isinstance(error, kind)), Status.FAILED)


class Group(TyperGroup):
    """Commands whose expected errors end as a sentence and a status, never as a traceback."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - click's own signature
        """The commands in the order of a day's work; those that no order names come first."""
        names = super().list_commands(ctx)
        return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else -1)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except SluiceError as error:
            print(f"sluice: {error}", file=sys.stderr)  # noqa: T201 - a command's own message
            raise typer.Exit(status_of(error)) from error
        except KeyboardInterrupt:
            raise typer.Exit(Status.INTERRUPTED) from None
