"""How a backtest looks in a terminal: figures, and where examples lie."""

from rich.table import Table

from stream.cli.output import console, say
from stream.core.printable import printable
from stream.ops.backtest.comparison import Comparison
from stream.ops.backtest.figures import Row, likelihood, moved, pair_rows, percent, shift_rows, whole_row
from stream.ops.backtest.report import Conditions, costs, held, remarks

_SHOWN = 10


def show(comparison: Comparison, conditions: Conditions, *, show_text: bool) -> None:
    """Print it; `show_text`: what people wrote stands beside its place."""
    whole = whole_row(comparison)
    say(("today      ", "dim"), conditions.today)
    say(("candidate  ", "dim"), conditions.candidate)
    say(("engine     ", "dim"), conditions.model)
    for remark in remarks(comparison, conditions):
        say((remark, "yellow"))
    say(
        (f"{whole.more + whole.less:,} of {whole.posts:,} posts would change", "bold"),
        f" ({percent(whole.share)}): {whole.more:,} stricter, {whole.less:,} milder; ",
        f"chance {likelihood(whole.chance)}",
    )
    for move, number in comparison.moves.most_common():
        if move[0] is not move[1]:
            say(f"  {moved(move):<22}{number:>10,}")
    _table("policy", pair_rows(comparison.policies), ("only candidate", "only today"))
    _table("clause", pair_rows(comparison.clauses), ("only candidate", "only today"))
    _table("language", shift_rows(comparison.languages), ("stricter", "milder"))
    _table("surface", shift_rows(comparison.surfaces), ("stricter", "milder"))
    _show_examples(comparison, show_text=show_text)
    _show_costs(comparison, conditions)


def _table(what: str, rows: list[Row], sides: tuple[str, str]) -> None:
    if not any(row.more or row.less for row in rows):
        return
    table = Table(what, box=None)
    for heading in ("posts", *sides, "changed, 95%", "chance", "clear"):
        table.add_column(heading, justify="right")
    for row in rows[:_SHOWN]:
        counts = (f"{row.posts:,}", f"{row.more:,}", f"{row.less:,}")
        table.add_row(row.name, *counts, percent(row.share), likelihood(row.chance), row.said)
    console().print(table)
    if len(rows) > _SHOWN:
        say((f"  and {len(rows) - _SHOWN:,} more: --json or --report has them", "dim"))


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
