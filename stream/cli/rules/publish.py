"""`sluice rules publish`, `sluice rules withdraw`: rules for every triage, through `control`."""

from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.rules import Re2Finders, RuleFolder
from stream.cli.context import identity_of, now_ms, settings_of
from stream.cli.control import tell_fleet, told, withdraw
from stream.cli.output import say
from stream.cli.rules.reading import unknown_policies
from stream.cli.rules.standing import show
from stream.cli.staff import By, noted
from stream.core.control import RulesPublished, key_of
from stream.core.rules import RuleBook, parse_rules
from stream.ops.control import NotPublished

EXAMPLES = """Examples:

`sluice rules publish wave.toml` (says what it would do)

`sluice rules publish wave.toml --yes --reason "giveaway wave, ticket 4711"`"""

WITHDRAW_EXAMPLES = """Examples:

`sluice rules withdraw wave.toml`"""


def publish(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of rules; its name stands for it.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; without it, only say what would be done.")
    ] = False,
    reason: Annotated[str, typer.Option(callback=noted, help="Why, in a few words.")] = "",
    by: By = None,
) -> None:
    """Put a file of rules in force in every triage, within seconds, through `control`.

    It counts beside the files in rules.dir, and replaces what was published under its name.
    """
    now = now_ms()
    text = RuleFolder(file.parent).text(file)
    rules = parse_rules(text, str(file), now)
    RuleBook(rules, Re2Finders())
    unknown = unknown_policies(settings_of(ctx))
    for rule in rules:
        show(rule, now, unknown(rule))
    if not yes:
        say("nothing is sent without --yes")
        return
    name = file.name.lower()
    tell_fleet(ctx, RulesPublished(name=name, text=text, by=identity_of(ctx, by), at=now, reason=reason))
    say(("published ", "bold green"), name, ("; every triage follows within seconds", "dim"))


def withdrawn(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As it was published.")],
    by: By = None,
) -> None:
    """Take back a file of rules that was published; ends with status 6 where there is none."""
    published = {file.name: file for file in told(ctx).rules}
    if name not in published:
        raise NotPublished(f"no rules are published as `{name}`. Published: {', '.join(published) or 'none'}")
    withdraw(ctx, key_of(published[name]), identity_of(ctx, by))
    say(("withdrawn ", "bold green"), name)
