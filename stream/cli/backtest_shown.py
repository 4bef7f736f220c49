"""How a backtest looks in a terminal: figures, and where examples lie."""

from collections.abc import Sequence

from rich.table import Table

from stream.cli.output import console, say
from stream.core.printable import printable
from stream.ops.backtest.comparison import Comparison
from stream.ops.backtest.figures import (
    CitedRow,
    Row,
    cited_rows,
    likelihood,
    moved,
    percent,
    shift_rows,
    whole_row,
)
from stream.ops.backtest.report import Conditions, costs, held, remarks

_SHOWN = 10


def show(comparison: Comparison, conditions: Conditions, *, show_text: bool) -> None:
    """Print it; `show_text`: what people wrote stands beside its place."""
    whole = whole_row(comparison)
    say(("today      ", "dim"), conditions.today)
    say(("candidate  ", "dim"), conditions.candidate)
    say(("engine     ", "dim"), conditions.model)
    say(("window     ", "dim"), conditions.window)
    for remark in remarks(comparison, conditions):
        say((remark, "yellow"))
    say(
        (f"{whole.stricter + whole.milder:,} of {whole.posts:,} posts would change", "bold"),
        f" ({percent(whole.share)}): {whole.stricter:,} stricter, {whole.milder:,} milder; ",
        f"p-value {likelihood(whole.chance)}",
    )
    for move, number in comparison.moves.most_common():
        if move[0] is not move[1]:
            say(f"  {moved(move):<22}{number:>10,}")
    _table("policy", cited_rows(comparison.policies))
    _table("clause", cited_rows(comparison.clauses))
    _table("language", shift_rows(comparison.languages))
    _table("surface", shift_rows(comparison.surfaces))
    _show_examples(comparison, show_text=show_text)
    _show_costs(comparison, conditions)


def _table(what: str, rows: Sequence[Row]) -> None:
    if not any(row.stricter or row.milder or _sides(row) for row in rows):
        return
    table = Table(what, box=None)
    sides = ("only candidate", "only today") if isinstance(rows[0], CitedRow) else ()
    for heading in ("posts", *sides, "stricter", "milder", "changed, 95%", "p-value", "beyond chance"):
        table.add_column(heading, justify="right")
    for row in rows[:_SHOWN]:
        counts = (row.posts, *_sides(row), row.stricter, row.milder)
        shown = (f"{number:,}" for number in counts)
        table.add_row(row.name, *shown, percent(row.share), likelihood(row.chance), row.said)
    console().print(table)
    if len(rows) > _SHOWN:
        say((f"  and {len(rows) - _SHOWN:,} more: --json or --report has them", "dim"))


def _sides(row: Row) -> tuple[int, ...]:
    return (row.gained, row.lost) if isinstance(row, CitedRow) else ()


def _show_examples(comparison: Comparison, *, show_text: bool) -> None:
    for move, found in comparison.examples():
        for one in found:
            post = one.post
            say(
                (f"  {moved(move):<22}", "dim"),
                f"{post.id} v{post.version}  content {post.partition}/{post.offset}  {held(one)}",
                (f"  {printable(post.text)}" if show_text else f"  [{len(post.text):,} characters]", "dim"),
            )


def _show_costs(comparison: Comparison, conditions: Conditions) -> None:
    for side, prompt, output, price in costs(comparison, conditions):
        priced = f", price {price:,.3g}" if price is not None else ""
        say((f"{side:<11}", "dim"), f"{prompt:,.0f} + {output:,.0f} tokens per 1,000 posts{priced}")
    paid = conditions.paid
    say(
        (f"this run asked {conditions.asked:,} questions, {paid.prompt + paid.output:,} tokens; ", "dim"),
        (f"today's answers about {comparison.recorded:,} posts were read from audit", "dim"),
    )
