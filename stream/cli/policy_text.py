"""`sluice policy lock`: what people wrote, written down."""

from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.context import settings_of
from stream.cli.output import say
from stream.cli.status import Status
from stream.core.policy.lock import name_of
from stream.ops.amounts import count

LOCK_EXAMPLES = """Examples:

`sluice policy lock`

`sluice policy lock --check` (in CI: fails where a version is not locked)"""


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


def folder_of(ctx: typer.Context) -> PolicyFolder:
    """The folder of policies and sets. Raises `Misconfigured` where there is none."""
    return PolicyFolder(find_folder(Path(settings_of(ctx).policies.dir)))
