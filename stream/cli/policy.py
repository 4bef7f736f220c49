"""`sluice policy`: what trust-and-safety people do with policies, and which set the fleet works under."""

from typing import Annotated

import typer

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli import backtest, golden, policy_text
from stream.cli.context import identity_of, now_ms, settings_of
from stream.cli.control import tell_fleet, told, withdraw
from stream.cli.output import Json, say, tell
from stream.cli.pause import By
from stream.cli.status import Group, Status
from stream.core.control import SetPromoted
from stream.core.control.events import SET_KEY
from stream.core.control.promotion import promoted_set
from stream.core.errors import PolicyInvalid
from stream.core.policy.policy_set import PolicySet
from stream.core.printable import printable
from stream.ops.amounts import clock
from stream.ops.control import changes

PROMOTE_EXAMPLES = """Examples:

`sluice policy promote default` (says what would change)

`sluice policy promote default --yes --reason "ticket 4711"`"""

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
app.command(epilog=policy_text.LINT_EXAMPLES)(policy_text.lint)
app.command(epilog=policy_text.LOCK_EXAMPLES)(policy_text.lock)
app.command("test", epilog=golden.EXAMPLES)(golden.golden)
app.command(epilog=backtest.EXAMPLES)(backtest.backtest)

Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it, only say what would be done.")]


@app.command(epilog=PROMOTE_EXAMPLES)
def promote(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SET", help="NAME of sets/NAME.toml in policies.dir.")],
    yes: Yes = False,
    reason: Annotated[str, typer.Option(help="Why, in a few words.")] = "",
    by: By = None,
) -> None:
    """Put a set of this folder in force in every gate, triage and judge, within seconds and until the next.

    Its whole text is sent, so no process needs the files. Nothing is sent without --yes.
    """
    folder = _folder(ctx)
    policy_set = folder.policy_set(name)
    event = SetPromoted(
        name=name,
        digest=policy_set.digest,
        files=folder.texts(policy_set),
        by=identity_of(ctx, by),
        at=now_ms(),
        reason=reason,
    )
    after = promoted_set(event)  # as every process will read it
    before = told(ctx).promoted
    if before is not None and before.files == event.files and before.name == name:
        say(f"set {name} is in force already: ", (after.digest, "bold"))
        return
    _compare(before, after)
    if yes:
        tell_fleet(ctx, event)
        say(("promoted ", "bold green"), f"set {name}", ("; every process follows within seconds", "dim"))
    else:
        say("nothing is sent without --yes")


@app.command(epilog=SHOW_EXAMPLES)
def show(ctx: typer.Context, json: Json = False) -> None:
    """Say which set is promoted, by whom and since when; where none is, which one this folder has.

    Ends with status 1 where the promotion does not hold together, so that every process refuses it.
    """
    event = told(ctx).promoted
    if event is None:
        _show_folder(ctx, json=json)
        return
    refusal = _refusal(event)
    if json:
        told_json = {"source": "control", "name": event.name, "digest": event.digest, "by": event.by}
        tell({**told_json, "at": event.at, "reason": event.reason, "refused": refusal})
    else:
        say(f"set {event.name} is promoted: ", (event.digest, "bold"))
        why = f": {printable(event.reason)}" if event.reason else ""
        say((f"by {printable(event.by)} at {clock(event.at)}{why}", "dim"))
        if refusal:
            say(("refused by every process: ", "bold red"), refusal)
        else:
            _list(promoted_set(event))
    if refusal:
        raise typer.Exit(Status.FAILED)


@app.command("withdraw", epilog=WITHDRAW_EXAMPLES)
def withdrawn(ctx: typer.Context, yes: Yes = False, by: By = None) -> None:
    """Let every process work under the set of its own folder again (policies.set)."""
    event = told(ctx).promoted
    if event is None:
        say("no set is promoted; every process works under its own folder's")
        return
    if yes:
        withdraw(ctx, SET_KEY, identity_of(ctx, by))
    done = "withdrawn" if yes else "would be withdrawn; nothing is sent without --yes"
    say(f"set {event.name} {done}: ", (event.digest, "bold"))


def _folder(ctx: typer.Context) -> PolicyFolder:
    return PolicyFolder(find_folder(settings_of(ctx).policies.dir))


def _compare(before: SetPromoted | None, after: PolicySet) -> None:
    if before is None:
        say("now      no set is promoted; every process works under its own folder's")
    else:
        say(f"now      set {before.name}: ", (before.digest, "bold"))
    say(f"then     set {after.name}: ", (after.digest, "bold"))
    if before is not None and not _refusal(before):
        for how, what in changes(promoted_set(before), after):
            say((f"{how:<9}", "yellow"), what)


def _refusal(event: SetPromoted) -> str:
    try:
        promoted_set(event)
    except PolicyInvalid as error:
        return str(error)
    return ""


def _show_folder(ctx: typer.Context, *, json: bool) -> None:
    if not json:
        say("no set is promoted; every process works under its own folder's, which here is")
    policy_set = _folder(ctx).policy_set(settings_of(ctx).policies.set)
    if json:
        tell({"source": "folder", "name": policy_set.name, "digest": policy_set.digest})
        return
    say(f"set {policy_set.name}: ", (policy_set.digest, "bold"))
    _list(policy_set)


def _list(policy_set: PolicySet) -> None:
    for policy in policy_set.policies.values():
        autonomy = policy_set.autonomy[policy.id]
        say(f"  {policy.id}@{policy.version}  ", (autonomy.value, "yellow"), (f"  {policy.digest}", "dim"))
