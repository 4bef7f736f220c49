"""What a policy set is compared with: the promoted one, another copy of the folder, or earlier answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.policies import PolicyFolder
from stream.adapters.text_files import read_text
from stream.cli.control import told
from stream.core.control.promotion import promoted_set
from stream.core.errors import BadInput, Misconfigured
from stream.core.policy.policy_set import PolicySet
from stream.ops.policies.comparison import Earlier
from stream.ops.policies.earlier import earlier

PROMOTED = "promoted"

Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="promoted|DIR|FILE",
        help="Compare case by case with the promoted set, the same set in another folder of policies, or "
        "what --json wrote earlier.",
    ),
]


def present(ctx: typer.Context, against: str | None, name: str) -> PolicySet | Mapping[str, Earlier] | None:
    """The set to compare with, or what it has answered; None where nobody asks for it.

    Args:
        ctx: the command's.
        against: as typed.
        name: of the set, in another folder.

    Raises:
        PolicyInvalid: it does not hold together.
        BadInput: there is nothing of that name.
        Misconfigured: no set is promoted.
        Unavailable: the promoted set is asked for, and the broker does not answer.
    """
    if against is None:
        return None
    if against == PROMOTED:
        event = told(ctx).promoted
        if event is None:
            raise Misconfigured("No set is promoted. Name a folder of policies with --against")
        return promoted_set(event)
    path = Path(against)
    if path.is_dir():
        return PolicyFolder(path).policy_set(name)
    if path.is_file():
        return earlier(read_text(path), against)
    raise BadInput(f"--against {against}: neither `{PROMOTED}` nor a folder or file that is there. Name one")
