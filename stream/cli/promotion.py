"""`sluice policy promote`: put a set in force in the whole fleet, tried and compared before."""

from collections.abc import Sequence
from typing import Annotated

import typer
from msgspec import ValidationError, convert
from msgspec.structs import replace

from stream.adapters.policies import PolicyFolder
from stream.adapters.text_files import read_text
from stream.cli.answers import Answers, Fresh
from stream.cli.autonomy import autonomy_consequences
from stream.cli.context import identity_of, now_ms, settings_of, topics_of
from stream.cli.control import promotions, replace_promotion, telling, withdrawing
from stream.cli.golden_gate import passes
from stream.cli.output import say
from stream.cli.policy_text import folder_of
from stream.cli.staff import By, noted
from stream.cli.status import Status
from stream.core.control import PromotionKept, SetPromoted
from stream.core.control.events import promotion_key
from stream.core.control.history import History, text_of
from stream.core.control.promotion import promoted_set, set_file
from stream.core.errors import PolicyInvalid
from stream.core.fields import Name
from stream.core.misfit import misfit
from stream.core.policy.lock import require_locked
from stream.core.policy.policy_set import PolicySet
from stream.core.policy.text import version_line
from stream.core.printable import printable
from stream.core.topics import SPECS, Topic
from stream.ops.consequences import CASE_TOPICS, of_deadlines, of_texts
from stream.ops.control import changes, refusal
from stream.ports import Outgoing, RestsOnSet

EXAMPLES = """Examples:

`sluice policy promote default` (says what would change and follow, and tries the golden cases)

`sluice policy promote default --yes --reason "ticket 4711"`

`sluice policy promote default --yes --no-test --reason "a wave; ticket 4712"`"""

_ROOM = 1_000
"""Bytes of a record beside its value: key, headers, and numbers that grow."""

Yes = Annotated[bool, typer.Option("--yes", help="Do it; without it, only say what would be done.")]
Reason = Annotated[str, typer.Option(callback=noted, help="Why, in a few words; the history keeps it.")]


def promote(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SET", help="NAME of sets/NAME.toml in policies.dir.")],
    yes: Yes = False,
    reason: Reason = "",
    by: By = None,
    no_test: Annotated[
        bool, typer.Option("--no-test", help="Try no golden cases; the reason must say why.")
    ] = False,
    answers: Answers = None,
    fresh: Fresh = False,
) -> None:
    """Put a set of this folder in force in every gate, triage and judge, within seconds and until the next.

    Its versions must be locked, and the engine in force (judge.engine) must reach the set's thresholds on the
    golden cases; else it ends with status 1. What it answered is kept, so --yes asks nothing twice within 24
    hours. The set's whole text is sent, so no process needs the files. Nothing is sent without --yes.
    """
    if no_test and not reason.strip():
        raise typer.BadParameter("--no-test needs a --reason: the history keeps it")
    folder = folder_of(ctx)
    policy_set = folder.policy_set(name)
    _require_locked(folder, policy_set)
    event = SetPromoted(
        name=name,
        digest=policy_set.digest,
        files=folder.texts(policy_set),
        by=identity_of(ctx, by),
        at=now_ms(),
        reason=noted(f"golden cases not tried: {reason}") if no_test else reason,
    )
    _check_carried(ctx, event, folder)
    seen = promotions(ctx)
    if stands(event, seen):
        return
    compare(ctx, seen.standing, promoted_set(event))  # as every process will read it
    if no_test:
        say(("untested ", "bold red"), f"golden cases are not tried: {printable(reason)}")
    elif not passes(settings_of(ctx), folder, policy_set, answers, fresh=fresh):
        say("nothing is sent: the thresholds are not reached")
        raise typer.Exit(Status.FAILED)
    send(ctx, event, seen, yes=yes)


def _require_locked(folder: PolicyFolder, policy_set: PolicySet) -> None:
    lock = folder.lock()
    for policy in policy_set.policies.values():
        path = folder.path(policy.id)
        require_locked(policy, lock, str(path), version_line(read_text(path)))


def _check_carried(ctx: typer.Context, event: SetPromoted, folder: PolicyFolder) -> None:
    """See before anything is asked that a record takes the name and the whole text, and so does its copy."""
    place = str(folder.root / set_file(event.name))
    try:
        convert(event.name, Name)
    except ValidationError as error:
        raise PolicyInvalid(place, 1, *misfit(error, Name, "the file's name")) from None
    size = len(telling(ctx, PromotionKept(number=1, promoted=event)).value or b"") + _ROOM
    if size > (most := SPECS[Topic.CONTROL].max_bytes):
        what = f"with its policies it takes {size:,} bytes, and a promotion carries {most:,}"
        raise PolicyInvalid(place, 1, what, "Take policies out of the set, or shorten their texts")


def stands(event: SetPromoted, seen: History) -> bool:
    """Whether this very text is in force already, which is then said."""
    if seen.standing is None or text_of(seen.standing.promoted) != text_of(event):
        return False
    say(f"set {event.name} is in force already: ", (event.digest, "bold"))
    return True


def compare(ctx: typer.Context, standing: PromotionKept | None, after: PolicySet) -> None:
    """Say what changes, and what follows for all that rests on the set."""
    before = None
    if standing is None:
        say("now      no set is promoted; every process works under its own folder's")
    else:
        say(f"now      set {standing.promoted.name}: ", (standing.promoted.digest, "bold"))
        before = None if refusal(standing.promoted) else promoted_set(standing.promoted)
    say(f"then     set {after.name}: ", (after.digest, "bold"))
    if before is not None:
        for how, what in changes(before, after):
            say((f"{how:<9}", "yellow"), what)
    for rests in _resting(ctx):
        for phrase in rests(before, after):
            say(("follows  ", "magenta"), phrase)


def _resting(ctx: typer.Context) -> Sequence[RestsOnSet]:
    """Everything that is told of a promotion before it is confirmed."""
    names = settings_of(ctx).topics.names
    deadlines = of_deadlines(topics_of(ctx).retention(CASE_TOPICS), names)
    return (of_texts, deadlines, autonomy_consequences(ctx))


def send(
    ctx: typer.Context, event: SetPromoted, seen: History, *, yes: bool, back_to: PromotionKept | None = None
) -> None:
    """Promote and keep it, both or neither, and only over what was compared with.

    Args:
        ctx: of the command.
        event: the promotion.
        seen: what it was compared with.
        yes: whether to do it; else only that it was not is said.
        back_to: the earlier one that it goes back to.

    Raises as `replace_promotion`.
    """
    if not yes:
        say("nothing is sent without --yes")
        return

    event = replace(event, at=now_ms())  # golden cases may have taken an hour since

    def records() -> list[Outgoing]:
        kept = [telling(ctx, one) for one in seen.with_next(event, back_to)]
        gone = [withdrawing(ctx, promotion_key(number), event.by) for number in seen.outdated(seen.last + 1)]
        return [telling(ctx, event), *kept, *gone]

    replace_promotion(ctx, seen, records)
    number = seen.last + 1
    say(
        ("promoted ", "bold green"),
        f"set {event.name}, as {number}",
        ("; processes follow within seconds", "dim"),
    )
