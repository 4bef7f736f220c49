"""`sluice policy`: what trust-and-safety people do with policies, and which set the fleet works under."""

import typer

from stream.cli import (
    backtest,
    calibrate,
    golden,
    history,
    policy_diff,
    policy_import,
    policy_lint,
    policy_render,
    policy_text,
    promotion,
    rollback,
)
from stream.cli.context import identity_of, settings_of
from stream.cli.control import promotions, replace_promotion, telling, told, withdrawing
from stream.cli.output import Json, say, tell
from stream.cli.promotion import Yes
from stream.cli.staff import By
from stream.cli.status import Group, Status
from stream.core.control.events import SET_KEY, promotion_key
from stream.core.control.history import History
from stream.core.control.promotion import promoted_set
from stream.core.policy.policy_set import PolicySet
from stream.core.printable import printable
from stream.ops.amounts import clock
from stream.ops.control import refusal
from stream.ports import Outgoing

SHOW_EXAMPLES = """Examples:

`sluice policy show`

`sluice policy show --json | jq -r .digest`"""

WITHDRAW_EXAMPLES = """Examples:

`sluice policy withdraw` (says what would change)

`sluice policy withdraw --yes`"""

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Policies: lock them, look at them, try them; put a set in force in the whole fleet, see which is.",
)
app.command(epilog=policy_lint.EXAMPLES)(policy_lint.lint)
app.command("import", epilog=policy_import.EXAMPLES)(policy_import.bring_in)
app.command(epilog=policy_text.LOCK_EXAMPLES)(policy_text.lock)
app.command(epilog=policy_render.EXAMPLES)(policy_render.render)
app.command(epilog=policy_diff.EXAMPLES)(policy_diff.diff)
app.command("test", epilog=golden.EXAMPLES)(golden.golden)
app.command(epilog=backtest.EXAMPLES)(backtest.backtest)
app.command(epilog=promotion.EXAMPLES)(promotion.promote)
app.command(epilog=rollback.EXAMPLES)(rollback.rollback)
app.command(epilog=history.EXAMPLES)(history.history)
app.command(epilog=calibrate.EXAMPLES)(calibrate.calibrate)


@app.command(epilog=SHOW_EXAMPLES)
def show(ctx: typer.Context, json: Json = False) -> None:
    """Say which set is promoted, by whom and since when; where none is, which one this folder has.

    Ends with status 1 where the promotion does not hold together, so that every process refuses it.
    """
    event = told(ctx).promoted
    if event is None:
        _show_folder(ctx, json=json)
        return
    refused = refusal(event)
    if json:
        told_json = {"source": "control", "name": event.name, "digest": event.digest, "by": event.by}
        tell({**told_json, "at": event.at, "reason": event.reason, "refused": refused})
    else:
        say(f"set {event.name} is promoted: ", (event.digest, "bold"))
        why = f": {printable(event.reason)}" if event.reason else ""
        say((f"by {printable(event.by)} at {clock(event.at)}{why}", "dim"))
        if refused:
            say(("refused by every process: ", "bold red"), refused)
        else:
            _list(promoted_set(event))
    if refused:
        raise typer.Exit(Status.FAILED)


@app.command("withdraw", epilog=WITHDRAW_EXAMPLES)
def withdrawn(ctx: typer.Context, yes: Yes = False, by: By = None) -> None:
    """Let every process work under the set of its own folder again (policies.set).

    The history keeps what is withdrawn: `sluice policy rollback` puts it in force again.
    """
    seen = promotions(ctx)
    if seen.standing is None:
        say("no set is promoted; every process works under its own folder's")
        return
    if yes:
        _withdraw(ctx, seen, identity_of(ctx, by))
    event = seen.standing.promoted
    done = "withdrawn" if yes else "would be withdrawn; nothing is sent without --yes"
    say(f"set {event.name} {done}: ", (event.digest, "bold"))


def _withdraw(ctx: typer.Context, seen: History, by: str) -> None:
    """Take the set back, and keep it if nobody did: both or neither. Raises as `replace_promotion`."""

    def records() -> list[Outgoing]:
        kept = [telling(ctx, one) for one in seen.unkept()]
        gone = [promotion_key(number) for number in seen.outdated(seen.last)]
        return [*kept, *(withdrawing(ctx, key, by) for key in (SET_KEY, *gone))]

    replace_promotion(ctx, seen, records)


def _show_folder(ctx: typer.Context, *, json: bool) -> None:
    if not json:
        say("no set is promoted; every process works under its own folder's, which here is")
    policy_set = policy_text.folder_of(ctx).policy_set(settings_of(ctx).policies.set)
    if json:
        tell({"source": "folder", "name": policy_set.name, "digest": policy_set.digest})
        return
    say(f"set {policy_set.name}: ", (policy_set.digest, "bold"))
    _list(policy_set)


def _list(policy_set: PolicySet) -> None:
    for policy in policy_set.policies.values():
        autonomy = policy_set.autonomy[policy.id]
        say(f"  {policy.id}@{policy.version}  ", (autonomy.value, "yellow"), (f"  {policy.digest}", "dim"))
