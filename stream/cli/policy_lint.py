"""`sluice policy lint`: what makes policies work badly, for people, scripts and code review."""

import os
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from stream.adapters.policies import PolicyFolder, find_folder
from stream.cli.context import settings_of
from stream.cli.output import console, say, tell
from stream.cli.status import Status
from stream.core.errors import BadInput
from stream.core.toml_text import nearest
from stream.ops.amounts import count

EXAMPLES = """Examples:

`sluice policy lint`

`sluice policy lint harassment --format json | jq -r .rule`

`sluice policy lint --format sarif > lint.sarif` (for code review)

`sluice policy lint --rules` (every rule, and why it is one)"""


class Format(StrEnum):
    """How findings are told."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


def lint(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[POLICY]...", help="Only these.")] = None,
    form: Annotated[
        Format, typer.Option("--format", help="For people, one JSON object a finding, or SARIF 2.1.0.")
    ] = Format.TEXT,
    json: Annotated[bool, typer.Option("--json", help="As `--format json`.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules, and why each is one.")] = False,
) -> None:
    """Look for what makes a policy work badly with the model: length, words, examples, gaps, golden cases.

    Ends with status 1 where anything is found, error or warning, and 2 where a file cannot be read. What
    `lint.toml` silences with a reason is not told. All policies are looked at, with their sets; where
    some are named, those alone.
    """
    from stream.cli.lint_text import show
    from stream.ops.policies.lint import RULES, read_folder, sarif
    from stream.ops.policies.lint import lint as looked_at

    if rules:
        table = Table("rule", "level", "why", "how to mend it", box=None, padding=(0, 2, 1, 0))
        for rule in RULES:
            table.add_row(rule.id, rule.level, rule.why, rule.mend)
        console().print(table)
        return
    root = _shown(find_folder(Path(settings_of(ctx).policies.dir)))
    _check_names(root, names)
    linted = looked_at(read_folder(root, names, tokens()), str(root))
    match Format.JSON if json else form:
        case Format.JSON:
            for finding in linted.findings:
                tell(finding)
        case Format.SARIF:
            tell(sarif(linted))
        case Format.TEXT:
            show(linted)
            say(_summary(len(linted.findings), len(linted.silenced)))
    if linted.unreadable:
        raise typer.Exit(Status.USAGE)
    if linted.findings:
        raise typer.Exit(Status.FAILED)


def tokens() -> Callable[[str], int]:
    """Counts in the vocabulary of gpt-oss; half a second to load."""
    from stream.adapters.vllm.harmony import Harmony

    return Harmony().count


def _shown(root: Path) -> Path:
    """The folder as seen from here, where it lies below: code review wants paths of the repository."""
    return Path(os.path.relpath(root)) if root.resolve().is_relative_to(Path.cwd()) else root


def _check_names(root: Path, names: list[str] | None) -> None:
    known = PolicyFolder(root).ids()
    for name in names or ():
        if name not in known:
            raise BadInput(f"there is no policy `{name}` in {root}: {nearest(name, known)}")


def _summary(told: int, silenced: int) -> str:
    return count(told, "finding") + (f", {silenced} silenced with a reason" if silenced else "")
