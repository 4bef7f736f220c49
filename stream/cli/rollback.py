"""`sluice policy rollback`: go back to an earlier promotion."""

from typing import Annotated

import typer

from stream.cli.context import identity_of, now_ms
from stream.cli.control import promotions
from stream.cli.output import say
from stream.cli.policy_text import folder_of
from stream.cli.promotion import Reason, Yes, compare, send, stands
from stream.cli.staff import By
from stream.core.control import PromotionKept, SetPromoted
from stream.core.control.history import History
from stream.core.control.promotion import promoted_set
from stream.core.errors import Misconfigured
from stream.core.policy.lineage import POLICY
from stream.core.policy.lock import check_lock
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.text import version_line
from stream.core.printable import printable
from stream.ops.amounts import clock
from stream.ops.control import NotPromoted

EXAMPLES = """Examples:

`sluice policy rollback` (says what would change)

`sluice policy rollback --yes --reason "too many removals; ticket 4713"`

`sluice policy rollback --to sha256:3f9a77 --yes --reason "the one of Monday"`"""


def rollback(
    ctx: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(metavar="DIGEST", help="Or its beginning.", show_default="the one before"),
    ] = None,
    yes: Yes = False,
    reason: Reason = "",
    by: By = None,
) -> None:
    """Promote an earlier promotion's text again, as the history keeps it; the folder's files are not asked.

    Golden cases are not tried. A version that is locked here with another text is refused. Going back twice
    goes back further. Ends with status 6 where there is no such promotion; nothing is sent without --yes.
    """
    seen = promotions(ctx)
    target = _target(seen, to)
    earlier = target.promoted
    event = SetPromoted(
        name=earlier.name,
        digest=earlier.digest,
        files=earlier.files,
        by=identity_of(ctx, by),
        at=now_ms(),
        reason=reason,
    )
    after = promoted_set(event)
    _check_locked(ctx, event, after)
    if stands(event, seen):
        return
    why = f": {printable(earlier.reason)}" if earlier.reason else ""
    say(
        ("back to  ", "dim"),
        f"promotion {target.number}, {clock(earlier.at)} by {printable(earlier.by)}{why}",
    )
    compare(ctx, seen.standing, after)
    send(ctx, event, seen, yes=yes, back_to=target)


def _check_locked(ctx: typer.Context, event: SetPromoted, after: PolicySet) -> None:
    """Hold an earlier text against the lock of this folder, if there is one: a version has one text."""
    try:
        folder = folder_of(ctx)
    except Misconfigured:
        return
    lock = folder.lock()
    for policy in after.policies.values():
        place = f"{policy.id}/{POLICY}"
        check_lock(policy, lock, place, version_line(event.files[place]))


def _target(seen: History, to: str | None) -> PromotionKept:
    """The promotion to go back to.

    Raises:
        NotPromoted: there is none; says which there are.
    """
    try:
        found = seen.earlier() if to is None else seen.of(to)
    except ValueError:
        raise NotPromoted(f"several promotions begin with {to}: write more of the digest") from None
    if found is None:
        what = "no other set was promoted before this one" if to is None else f"{to} was not promoted"
        raise NotPromoted(f"{what}, or is kept no longer: `sluice policy history` lists what is")
    return found
