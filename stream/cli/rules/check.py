"""`sluice rules check`: which rules hold, and what is wrong with the others."""

from pathlib import Path
from typing import Annotated, Any

import typer

from stream.adapters.rules import RuleFolder
from stream.cli.context import now_ms, settings_of
from stream.cli.output import Json, note, say, tell
from stream.cli.rules.reading import read, unknown_policies
from stream.cli.rules.standing import show
from stream.cli.status import Status
from stream.core.rules import Rule
from stream.ops.amounts import count
from stream.ops.rule_trial import in_words

EXAMPLES = """Examples:

`sluice rules check`

`sluice rules check rules/wave.toml --json | jq -r 'select(.in_force) | .rule'`"""


def check(
    ctx: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Files of rules; else all in rules.dir.")
    ] = None,
    json: Json = False,
) -> None:
    """Read rules and say what holds: what each does, whose it is, until when; and what is wrong, and where.

    Ends with status 2 where a file does not hold together.
    """
    settings, now = settings_of(ctx), now_ms()
    found, faults = read(RuleFolder(settings.rules.dir), files or [], now)
    unknown = unknown_policies(settings)
    for rule in found:
        strange = unknown(rule)
        if json:
            tell(_standing(rule, now) | {"unknown_policies": strange})
        else:
            show(rule, now, strange)
    for fault in faults:
        note(fault)
    if not json:
        ended = sum(rule.is_over(now) for rule in found)
        say(f"{count(len(found) - ended, 'rule')} in force, {ended} ended, {count(len(faults), 'fault')}")
    if faults:
        raise typer.Exit(Status.USAGE)


def _standing(rule: Rule, now: int) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "in_force": not rule.is_over(now),
        "until": rule.until,
        "does": in_words(rule.then),
        "owner": rule.owner,
        "why": rule.why,
        "file": rule.file,
    }
