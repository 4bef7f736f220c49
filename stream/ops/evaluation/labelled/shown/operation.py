"""What went to people, what the answers cost, and how long they took."""

from stream.ops.evaluation.labelled.published import PRICE
from stream.ops.evaluation.labelled.result import Measured, Result
from stream.ops.evaluation.labelled.shown.cells import Section, as_cell
from stream.ops.report import Part, Remark, Table


def people(result: Result) -> Section:
    """What was left to people, and why."""
    rows = [(name, count) for name, count in result.proposals.items()]
    parts: list[Part] = [
        Table(
            ("proposal", "rows"),
            tuple(rows),
            "What the fleet would have done, by the set's autonomy",
        )
    ]
    policies = tuple(
        (name, one.counts.total, as_cell(one.to_people), *_columns(one))
        for name, one in result.by_policy.items()
    )
    headings = ("policy", "rows", "left to people", "violating", "safe", "failed")
    parts.append(Table(headings, policies, "What the engine left to people, by policy"))
    if result.failures:
        parts.append(
            Table(("check", "answers"), tuple(result.failures.items()), "Checks that answers failed")
        )
    if result.obstacles:
        parts.append(
            Table(("why", "rows"), tuple(result.obstacles.items()), "Rows that no model was asked about")
        )
    return ("What went to people", tuple(parts))


def cost_and_latency(result: Result) -> Section:
    """Tokens, money and seconds."""
    cost = result.cost
    rows: list[tuple[str, str]] = [
        ("answers", f"{cost.answers:,}, {cost.remembered:,} of them known from earlier runs or equal rows"),
        ("prompt tokens", f"{cost.usage.prompt:,}, {cost.usage.cached:,} of them from the prefix cache"),
        ("output tokens", f"{cost.usage.output:,}"),
    ]
    if cost.money is not None and cost.money_paid is not None:
        rows.append(("money", f"{cost.money:,.4f}, {cost.money_paid:,.4f} of it in this run"))
        rows.append(("money per 1,000 posts", f"{cost.money_per_1000:,.4f}"))
    parts: list[Part] = [Table(("", ""), tuple(rows))]
    if cost.seconds:
        seconds = tuple(
            (f"{one.share:.0%} of answers within", f"{one.seconds:.4g} s", f"{one.low:.4g}-{one.high:.4g} s")
            for one in cost.seconds
        )
        parts.append(
            Table(("", "", "95%"), seconds, "How long the answers took that were asked for in this run")
        )
    parts.append(Remark(PRICE))
    return ("Cost and latency", tuple(parts))


def _columns(one: Measured) -> tuple[int, int, int]:
    counts = one.counts
    return counts.violating_to_people, counts.safe_to_people, counts.violating_failed + counts.safe_failed
