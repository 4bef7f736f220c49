"""`sluice run`: the four processes, and the judge's shadow."""

import logging
from collections.abc import Callable
from typing import Annotated

import typer
from msgspec.structs import replace

from stream.adapters import logs
from stream.cli.context import settings_of
from stream.cli.status import Group, Status, status_of
from stream.config import Settings
from stream.core.errors import SluiceError

log = logging.getLogger(__name__)

EXAMPLES = """Examples, each in a terminal or a pod of its own:

`sluice run gate`

`sluice run triage`

`sluice run judge`

`sluice run ledger`"""

GATE_EXAMPLES = """Examples:

`sluice run gate`

`SLUICE_GATE__INSTANCE=1 sluice run gate` (a second one beside it)"""

TRIAGE_EXAMPLES = """Examples:

`sluice run triage`

`SLUICE_TRIAGE__WINDOW=512 sluice run triage`"""

JUDGE_EXAMPLES = """Examples:

`SLUICE_JUDGE__ENGINE=vllm sluice run judge`

`SLUICE_JUDGE__ENGINE=openai SLUICE_JUDGE__OPENAI__BASE_URL=http://127.0.0.1:11434/v1
SLUICE_JUDGE__OPENAI__MODEL=gpt-oss-safeguard:20b sluice run judge` (Ollama on this machine)

`SLUICE_JUDGE__EXEMPLAR__SERVE=true sluice run judge` (to try it without a model)"""

LEDGER_EXAMPLES = """Examples:

`sluice run ledger`, then `curl -s localhost:6066/summary`

`SLUICE_LEDGER__PORT=6067 sluice run ledger` (a second one on this machine)"""

SHADOW_EXAMPLES = """Examples:

`sluice run shadow --set strict`

`sluice run shadow --set strict --share 1`; later
`sluice policy backtest --shadowed --candidate strict --from 2026-11-03T08:00Z`"""

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Run one of the processes until SIGTERM or Ctrl-C.",
    epilog=EXAMPLES,
)


@app.command(epilog=GATE_EXAMPLES)
def gate(ctx: typer.Context) -> None:
    """Hold every post at once; apply outcomes; the only writer of verdicts.

    Give each gate a gate.instance of its own (SLUICE_GATE__INSTANCE): a gate that restarts
    under its name has its partitions back at once.
    """
    from stream import wiring

    settings = settings_of(ctx)
    _run(f"gate-{settings.gate.instance}", settings, wiring.run_gate)


@app.command(epilog=TRIAGE_EXAMPLES)
def triage(ctx: typer.Context) -> None:
    """Find each case's policies and hand it to the judge, or to people at once."""
    from stream import wiring

    _run("triage", settings_of(ctx), wiring.run_triage)


@app.command(epilog=JUDGE_EXAMPLES)
def judge(ctx: typer.Context) -> None:
    """Ask the model about each case and propose an outcome.

    The engine is judge.engine: vllm (in this process), openai (any server that speaks OpenAI's API:
    judge.openai) or exemplar (no model, for demo and tests).
    """
    from stream import wiring

    _run("judge", settings_of(ctx), wiring.run_judge)


@app.command(epilog=LEDGER_EXAMPLES)
def ledger(ctx: typer.Context) -> None:
    """Know where every post is now, what is overdue, and what was decided; answer over HTTP.

    Stands beside the path: nothing waits for it. Its views: ledger.host and ledger.port.
    """
    from stream import wiring

    _run("ledger", settings_of(ctx), wiring.run_ledger)


@app.command(epilog=SHADOW_EXAMPLES)
def shadow(
    ctx: typer.Context,
    candidate: Annotated[
        str | None,
        typer.Option(
            "--set", metavar="SET", help="NAME of sets/NAME.toml, not in force.", show_default="policies.set"
        ),
    ] = None,
    share: Annotated[
        float | None, typer.Option(min=0, max=1, help="Of the cases.", show_default="shadow.share")
    ] = None,
) -> None:
    """Judge live cases under a set that is not in force, and write what it would propose to audit alone.

    Nothing follows from it and nothing waits for it: where it cannot keep up it skips to the newest cases.
    The engine is judge.engine; shadow.window bounds what it takes of a server that the judge uses too.
    """
    from stream import wiring

    settings = settings_of(ctx)
    wanted = replace(settings.shadow, share=share if share is not None else settings.shadow.share)
    policies = replace(settings.policies, set=candidate or settings.policies.set)
    _run("shadow", replace(settings, shadow=wanted, policies=policies), wiring.run_shadow)


def _run(process: str, settings: Settings, work: Callable[[Settings], None]) -> None:
    """Work until the end; from here on everything is said in the log, the last error too."""
    logs.configure(process, settings.logging.level.value, settings.logging.format.value)
    log.info("starting", extra={"bootstrap": settings.kafka.bootstrap_servers})
    try:
        work(settings)
    except SluiceError as error:
        log.critical("ended by an error: %s", error, extra={"kind": type(error).__name__})
        raise typer.Exit(status_of(error)) from error
    except Exception:
        log.critical("ended by a bug", exc_info=True)
        raise typer.Exit(Status.FAILED) from None
    log.info("ended")
