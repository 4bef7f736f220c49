"""`sluice policy import`: other people's policies, in Markdown, into the folder."""

from pathlib import Path
from typing import Annotated

import typer

from stream.adapters.policies import find_folder
from stream.cli.context import settings_of
from stream.cli.output import say
from stream.cli.policy_lint import tokens
from stream.ops.amounts import count

EXAMPLES = """Examples:

`sluice policy import teen-safety/example_policies` (every policy in the folder)

`sluice policy import spam/policy.md --licence "Apache-2.0"`

`sluice policy import teen-safety/example_policies labelled.jsonl.gz` (with golden cases)"""


def bring_in(
    ctx: typer.Context,
    sources: Annotated[
        list[Path], typer.Argument(metavar="FILE|DIR|DATA.jsonl.gz...", help="Policies, and labelled rows.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a policy of the same id, whole.")] = False,
    licence: Annotated[str, typer.Option(help="The source's, where no file beside it says so.")] = "",
) -> None:
    """Write other people's policies in our form, as far as they go, and tell what lint finds.

    What the source does not say is left open in so many words. Nothing is put in a set, and people decide
    every break. Ends with status 2, and writes nothing, where one of the files cannot be read.
    """
    from stream.cli.lint_text import show
    from stream.ops.policies.lint import lint, read_folder
    from stream.ops.policies.pack import pack, place

    root = find_folder(Path(settings_of(ctx).policies.dir))
    packed = pack(sources, root, licence)
    place(root, [one.imported for one in packed], force=force)
    for one in packed:
        say(
            ("imported ", "bold green"),
            f"{one.policy.id} {one.policy.version}",
            " (restricted)" * one.policy.restricted,
        )
        say(
            f"  {len(one.policy.clauses)} clauses, {sum(map(len, one.policy.examples))} examples, ",
            str(one.rows),
        )
    linted = lint(read_folder(root, [one.policy.id for one in packed], tokens()), str(root))
    show(linted)
    say(count(len(linted.findings), "finding"), "; nothing judges by it before a set names it")
