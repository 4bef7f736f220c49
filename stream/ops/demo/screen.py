"""The live view: what was published, held, decided, what waits for people, and the last verdicts."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from stream.core.terms import Decision
from stream.ops.demo.tally import Line, Percentiles, Tally
from stream.ops.wording import COLOURS


def live_view(tally: Tally, title: str, total: int) -> RenderableType:
    """Draw the state of the run. `total` is how many events the feed holds."""
    return Panel(
        Group(_counts(tally, total), Text(), _recent(tally)), title=title, title_align="left", padding=(1, 2)
    )


def _counts(tally: Tally, total: int) -> RenderableType:
    table = Table.grid(padding=(0, 3))
    sent = sum(tally.sent.values())
    table.add_row("published", str(sent), ProgressBar(max(total, 1), sent, width=30))
    table.add_row("held", Text(str(tally.held), "yellow"), _spread(tally.time_to_hide(), "time to hide"))
    decided = f"{tally.now(Decision.RELEASE)} released, {tally.now(Decision.REMOVE)} removed"
    table.add_row("decided", Text(decided, "green"), _spread(tally.time_in_hold(), "time in hold"))
    table.add_row("waiting for people", Text(str(tally.with_people), "magenta"), "")
    return table


def _spread(spread: Percentiles, name: str) -> Text:
    if not spread.count:
        return Text("")
    return Text(f"{name} p50 {spread.p50:.0f} ms, p99 {spread.p99:.0f} ms", "dim")


def _recent(tally: Tally) -> RenderableType:
    table = Table(box=None, expand=True, header_style="dim", padding=(0, 1))
    for name, ratio in (("verdict", 2), ("content", 3), ("text, masked", 4), ("by", 2), ("why", 6)):
        table.add_column(name, ratio=ratio, no_wrap=True, overflow="ellipsis")
    for line in tally.recent:
        table.add_row(*_cells(line))
    return table


def _cells(line: Line) -> tuple[Text, ...]:
    shown = "hold, people" if line.decision == "people" else line.decision
    return (
        Text(shown, COLOURS.get(line.decision, "")),
        Text(f"{line.id} v{line.version}"),
        Text(line.text, "dim"),
        Text(line.by),
        Text(line.detail, "dim"),
    )
