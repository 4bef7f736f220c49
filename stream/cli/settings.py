"""`sluice config`: what is set, and whether it holds."""

from typing import Annotated

import typer

from stream.cli.context import loaded
from stream.cli.output import Json, say, tell
from stream.cli.status import Group
from stream.config.text import as_toml, as_tree

SHOW_EXAMPLES = """Examples:

`sluice config show --explain`

`sluice config show > new.toml` (a file to begin with)

`sluice config show --json | jq '."gate.batch"'`"""

CHECK_EXAMPLES = """Examples:

`sluice config check`

`sluice --config staging.toml config check`"""

app = typer.Typer(
    cls=Group, no_args_is_help=True, rich_markup_mode="markdown", help="Show the settings, or check them."
)


@app.command(epilog=SHOW_EXAMPLES)
def show(
    ctx: typer.Context,
    explain: Annotated[bool, typer.Option("--explain", help="Say above each key what fits.")] = False,
    json: Json = False,
) -> None:
    """Print every setting and where it came from; secrets are masked.

    What is printed is itself a settings file: sluice config show > new.toml, then fill in the secrets.
    """
    values = loaded(ctx).values
    if json:
        tell(as_tree(values))
    else:
        typer.echo(as_toml(values, explained=explain), nl=False)


@app.command(epilog=CHECK_EXAMPLES)
def check(ctx: typer.Context) -> None:
    """See whether the settings hold; every problem is told at once. Ends with status 3 if there is one."""
    file = loaded(ctx).file
    say(("the settings hold", "green"), f" ({file or 'no file; environment and defaults'})")
