"""`sluice health`: how the process on this machine is, by its own page."""

from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from typing import Annotated

import typer

from stream.adapters.metrics.page import HEALTH
from stream.cli.context import settings_of
from stream.cli.output import say
from stream.cli.status import Status
from stream.config.settings import Metrics
from stream.core.errors import SluiceError

EXAMPLES = """Examples:

`sluice health` (as `sluice health ready`)

`sluice health live && echo it answers`

`SLUICE_METRICS__PORT=9464 sluice health started`"""

PATIENCE_SECONDS = 3.0
_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask what listens so


class NoAnswer(SluiceError):
    """There is no page to ask, or nobody answers there."""


class Question(StrEnum):
    """What may be asked."""

    STARTED = "started"
    LIVE = "live"
    READY = "ready"


def health(
    ctx: typer.Context,
    question: Annotated[Question, typer.Argument(help="What to ask.")] = Question.READY,
) -> None:
    """Ask the gate, triage, judge or ledger on this machine how it is; ends with status 0 if so, 1 if not.

    `started`: what takes long at its start is done (the model is loaded). `live`: it answers. `ready`: its
    partitions are assigned and flow, and it reported within the last minute. It is asked on metrics.host
    and metrics.port, so this command needs the process's own settings.
    """
    good, line = ask(settings_of(ctx).metrics, question)
    say(line)
    if not good:
        raise typer.Exit(Status.FAILED)


def ask(page: Metrics, question: Question) -> tuple[bool, str]:
    """Whether it is so, and the line that says why.

    Raises:
        NoAnswer: there is no page to ask, or nobody answers there.
    """
    if not page.enabled:
        raise NoAnswer("there is no page to ask: metrics.enabled is false")
    if page.port == 0:
        raise NoAnswer(
            "metrics.port is 0, any free port, so nobody can tell where to ask: give the process and this "
            "command the same one, for example SLUICE_METRICS__PORT=9464"
        )
    host = _EVERYWHERE.get(page.host, page.host)
    connection = HTTPConnection(host, page.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", HEALTH + question)
        answer = connection.getresponse()
        line = answer.read(1_000).decode(errors="replace").strip()
    except (OSError, HTTPException) as error:
        raise NoAnswer(
            f"nobody answers on {host}:{page.port}: {str(error) or type(error).__name__}. Is the process "
            "running, with the same settings?"
        ) from error
    finally:
        connection.close()
    return answer.status == 200, line
