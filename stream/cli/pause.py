"""`sluice pause`, `resume` and `pauses`: what machines may not do alone for now."""

from typing import Annotated

import typer
from rich.table import Table

from stream.cli.context import identity_of, now_ms
from stream.cli.control import tell_fleet, told, withdraw
from stream.cli.output import Json, console, note, say, tell
from stream.cli.staff import By, noted
from stream.core.control import Paused, PausedAction, key_of
from stream.core.control.state import ControlState
from stream.core.printable import printable
from stream.ops.amounts import clock
from stream.ops.control import check_paused

PAUSE_EXAMPLES = """Examples:

`sluice pause remove --reason "the model takes ticket sales for scams, see 4711"`

`sluice pause release --surface livestream`

`sluice pause remove --policy spam-and-scams --surface marketplace`"""

RESUME_EXAMPLES = """Examples:

`sluice resume remove`

`sluice resume remove --policy spam-and-scams --surface marketplace`"""

PAUSES_EXAMPLES = """Examples:

`sluice pauses`

`sluice pauses --json | jq .by`"""

Action = Annotated[PausedAction, typer.Argument(metavar="remove|release", help="What machines would do.")]
Policy = Annotated[str | None, typer.Option(help="Of this policy only.", show_default="every one")]
Surface = Annotated[str | None, typer.Option(help="On this surface only.", show_default="every one")]


def pause(
    ctx: typer.Context,
    action: Action,
    policy: Policy = None,
    surface: Surface = None,
    reason: Annotated[
        str, typer.Option(callback=noted, help="Why; reviewers and apps are told. Never a post's text.")
    ] = "",
    by: By = None,
) -> None:
    """Keep machines from removing, or from releasing, alone; within seconds, in every gate.

    What they would do goes to people as a recommendation; people decide as always. It holds until it is
    resumed, whatever restarts meanwhile. A removal is paused by the policies whose clauses it cites, a
    release by any policy that was asked.
    """
    event = Paused(
        action=action, policy=policy, surface=surface, by=identity_of(ctx, by), reason=reason, at=now_ms()
    )
    promoted = told(ctx).promoted
    if promoted is not None and policy is not None and f"{policy}/policy.md" not in promoted.files:
        note(f"set {promoted.name}, which is promoted, has no policy {policy}: is its name right?")
    tell_fleet(ctx, event)
    say(("paused ", "bold yellow"), event.scope, ("; gates follow within seconds", "dim"))
    _show(told(ctx))


def resume(
    ctx: typer.Context, action: Action, policy: Policy = None, surface: Surface = None, by: By = None
) -> None:
    """End a pause of exactly this scope; what people were asked meanwhile stays theirs.

    Ends with status 6 where there is no such pause, and says what is paused.
    """
    wanted = Paused(action=action, policy=policy, surface=surface, by=identity_of(ctx, by), at=now_ms())
    check_paused(wanted, told(ctx))
    withdraw(ctx, key_of(wanted), wanted.by)
    say(("resumed ", "bold green"), wanted.scope, ("; gates follow within seconds", "dim"))
    _show(told(ctx))


def pauses(ctx: typer.Context, json: Json = False) -> None:
    """List what is paused: since when, by whom, and why."""
    state = told(ctx)
    if not json:
        _show(state)
        return
    for each in state.pauses:
        tell(each)


def _show(state: ControlState) -> None:
    if not state.pauses:
        say("nothing is paused")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("paused", "policy", "surface", "since", "by", "reason"):
        table.add_column(column)
    for each in state.pauses:
        scope = (each.action.value, each.policy or "every one", each.surface or "every one")
        table.add_row(*map(printable, (*scope, clock(each.at), each.by, each.reason)), style="yellow")
    console().print(table)
