"""`sluice policy`: lock, look at and try what trust-and-safety people write."""

from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli import golden
from stream.cli.context import settings_of
from stream.cli.output import Json, say, tell
from stream.cli.status import Group, Status
from stream.core.policy.lock import name_of
from stream.ops.amounts import count
from stream.ops.policies.lint import findings

LOCK_EXAMPLES = """Examples:

`sluice policy lock`

`sluice policy lock --check` (in CI: fails where a version is not locked)"""

LINT_EXAMPLES = """Examples:

`sluice policy lint`

`sluice policy lint harassment --json`"""

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="Lock policies, look for what a model reads badly, try them on their golden cases.",
)
app.command("test", epilog=golden.EXAMPLES)(golden.golden)

Names = Annotated[list[str] | None, typer.Argument(metavar="[POLICY]...", help="Only these.")]


@app.command(epilog=LOCK_EXAMPLES)
def lock(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where something is new.")
    ] = False,
) -> None:
    """Write down the digest of each policy's version in policies.lock.

    From then on a changed text needs a new version: gate, triage and judge refuse it otherwise.
    """
    folder = folder_of(ctx)
    if check:
        locked = folder.lock()
        new = [name for name in map(name_of, map(folder.policy, folder.ids())) if name not in locked]
    else:
        new = folder.write_lock()
    for name in new:
        say(("unlocked " if check else "locked   ", "yellow" if check else "green"), name)
    say(f"{count(len(new), 'version')} {'not locked' if check else 'added to the lock'}")
    if check and new:
        raise typer.Exit(Status.FAILED)


@app.command(epilog=LINT_EXAMPLES)
def lint(ctx: typer.Context, names: Names = None, json: Json = False) -> None:
    """Look for what makes a policy work badly with the model: how long it is, in the model's own tokens."""
    from stream.adapters.vllm.harmony import Harmony

    folder = folder_of(ctx)
    tokens = Harmony().count
    found = [
        finding
        for name in names or folder.ids()
        for finding in findings(folder.policy(name), str(folder.path(name)), tokens)
    ]
    for finding in found:
        if json:
            tell(to_builtins(finding))
        else:
            say(str(finding))
    if not json:
        say(count(len(found), "finding"))
    if found:
        raise typer.Exit(Status.FAILED)


def folder_of(ctx: typer.Context) -> PolicyFolder:
    """The folder of policies and sets. Raises `Misconfigured` where there is none."""
    return PolicyFolder(find_folder(Path(settings_of(ctx).policies.dir)))
