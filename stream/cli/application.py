"""The command `sluice` with everything under it."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from stream.cli import (
    canary,
    decide,
    demo,
    dlq,
    evaluate,
    health,
    pause,
    policy,
    publish,
    recheck,
    revert,
    rules,
    run,
    settings,
    topics,
    trace,
    verdicts,
)
from stream.cli.status import ABOUT, Group
from stream.cli.version import version

STATUSES = "Exit status: " + ", ".join(f"{status.value} {about}" for status, about in ABOUT.items()) + "."

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=STATUSES,
)

app.command(epilog=demo.EXAMPLES)(demo.demo)
app.add_typer(run.app, name="run")
app.command(epilog=health.EXAMPLES)(health.health)
app.add_typer(topics.app, name="topics")
app.command(epilog=publish.EXAMPLES)(publish.publish)
app.command(epilog=verdicts.EXAMPLES)(verdicts.verdicts)
app.command("trace", epilog=trace.EXAMPLES)(trace.life)
app.command(epilog=decide.EXAMPLES)(decide.decide)
app.command(epilog=canary.EXAMPLES)(canary.canary)
app.command(epilog=pause.PAUSE_EXAMPLES)(pause.pause)
app.command(epilog=pause.RESUME_EXAMPLES)(pause.resume)
app.command(epilog=pause.PAUSES_EXAMPLES)(pause.pauses)
app.command(epilog=revert.EXAMPLES)(revert.revert)
app.command(epilog=recheck.EXAMPLES)(recheck.recheck)
app.add_typer(rules.app, name="rules")
app.add_typer(dlq.app, name="dlq")
app.add_typer(policy.app, name="policy")
app.command("eval", epilog=evaluate.EXAMPLES)(evaluate.evaluate)
app.add_typer(settings.app, name="config")
app.command()(version)


@app.callback()
def sluice(
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings file.",
            show_default="SLUICE_CONFIG, else sluice.toml here if there is one",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Hold every post at once, decide about it in the background, release or remove it exactly once.

    Settings come from a TOML file and from variables `SLUICE_<SECTION>__<KEY>`; `sluice config show` lists
    them all.
    """
    del config  # read by `stream.cli.context`, and only where a command needs settings
    # What librdkafka grumbles about meanwhile is said by a command's own error, once.
    logging.getLogger().addHandler(logging.NullHandler())
