"""`sluice policy history`: what was promoted, by whom and why."""

import typer
from rich.table import Table

from stream.cli.control import promotions
from stream.cli.output import Json, console, say, tell
from stream.core.control.history import KEPT
from stream.core.printable import printable
from stream.ops.amounts import clock, count

EXAMPLES = """Examples:

`sluice policy history`

`sluice policy history --json | jq -r .digest`"""


def history(ctx: typer.Context, json: Json = False) -> None:
    """List the last promotions, the newest first: when, by whom, which set and digest, and why."""
    seen = promotions(ctx)
    if not json:
        say(f"{count(len(seen.promotions), 'promotion')}; the last {KEPT} are kept")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("", "number", "when", "by", "set", "digest", "why"):
        table.add_column(column)
    for one in reversed(seen.promotions):
        event, stands = one.promoted, one == seen.standing
        if json:
            line = {"number": one.number, "name": event.name, "digest": event.digest, "by": event.by}
            tell(
                {**line, "at": event.at, "reason": event.reason, "restores": one.restores, "in_force": stands}
            )
        back = "" if one.restores is None else f"back to {one.restores}{': ' * bool(event.reason)}"
        cells = (str(one.number), clock(event.at), event.by, event.name, event.digest, back + event.reason)
        table.add_row("*" * stands, *map(printable, cells), style="bold" if stands else "")
    if not json and seen.promotions:
        console().print(table)
    if not json and seen.standing is None:
        say("none is in force: every process works under its own folder's set")
