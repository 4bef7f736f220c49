"""The summary that ends a demo: figures, what they rest on, and what to try next."""

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stream.core.terms import Decision
from stream.ops.demo.tally import Percentiles, Tally

# The list price of hosted gpt-oss-safeguard-20b, US dollars a million tokens, and a usual question's size.
_PROMPT_PRICE, _OUTPUT_PRICE = 0.075, 0.30
_USUAL_PROMPT, _USUAL_OUTPUT = 900, 300


class Setting(Struct, frozen=True):
    """What a run rested on, in the words that the user reads."""

    broker: str
    engine: str
    policy_set: str
    unsent: int = 0
    timed_out: bool = False


def summary(tally: Tally, setting: Setting) -> RenderableType:
    """Draw the figures of a finished run."""
    parts: list[RenderableType] = [_figures(tally), Text(), _by_policy(tally), Text(), _rests_on(setting)]
    if setting.timed_out:
        unsent = f" {setting.unsent:,} events were not published." if setting.unsent else ""
        words = f"Time was up: what was not decided is still hidden.{unsent}\n"
        parts.insert(0, Text(words, "yellow"))
    return Group(*parts, Text(), Text(_NEXT))


def _figures(tally: Tally) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    decided_by = ", ".join(f"{count} {by}" for by, count in tally.decided_by.most_common())
    events = ", ".join(f"{count} {kind}" for kind, count in tally.sent.most_common())
    state = (
        f"{tally.now(Decision.RELEASE)} released, {tally.now(Decision.REMOVE)} removed, "
        f"{tally.held} held, {tally.now(Decision.DELETED)} deleted"
    )
    table.add_row("events", events)
    table.add_row("posts", f"{tally.contents} of {tally.expected} accounted for:\n{state}")
    if tally.shown is not None:
        table.add_row("shown", f"{tally.shown} posts, by a reader that keeps to the one rule")
    table.add_row("time to hide", _spread(tally.time_to_hide()))
    table.add_row("time in hold", _spread(tally.time_in_hold()))
    table.add_row("decided by", decided_by or "nobody yet")
    table.add_row("waiting for people", f"{tally.with_people} cases")
    table.add_row("estimated cost", _cost(tally))
    return table


def _spread(spread: Percentiles) -> str:
    if not spread.count:
        return "nothing measured"
    return f"p50 {spread.p50:,.0f} ms   p99 {spread.p99:,.0f} ms   ({spread.count:,} measured)"


def _cost(tally: Tally) -> str:
    if not tally.questions:
        return "nothing was asked"
    measured = tally.output_tokens > 0
    prompt = tally.prompt_tokens if measured else tally.questions * _USUAL_PROMPT
    output = tally.output_tokens if measured else tally.questions * _USUAL_OUTPUT
    dollars = (prompt * _PROMPT_PRICE + output * _OUTPUT_PRICE) / 1_000_000
    thousand = 1_000 * dollars / max(tally.contents, 1)
    basis = "tokens as measured" if measured else f"{_USUAL_PROMPT} + {_USUAL_OUTPUT} tokens each assumed"
    price = f"${thousand:.2f} per 1,000 posts, hosted gpt-oss-safeguard-20b"
    return f"{price}\n({tally.questions:,} questions, {basis})"


def _by_policy(tally: Tally) -> Table:
    table = Table(
        title="Answers by policy", title_justify="left", box=None, padding=(0, 2), header_style="dim"
    )
    results = ("safe", "violates", "needs_context", "failed")
    for name in ("policy", *results):
        table.add_column(name, justify="left" if name == "policy" else "right")
    for policy in sorted({policy for policy, _ in tally.by_policy}):
        table.add_row(policy, *(str(tally.by_policy[policy, result]) for result in results))
    return table


def _rests_on(setting: Setting) -> Text:
    return Text.assemble(
        ("Broker  ", "dim"), setting.broker, "\n",
        ("Engine  ", "dim"), setting.engine, "\n",
        ("Policies  ", "dim"), setting.policy_set,
    )  # fmt: skip


_NEXT = """Try next:
  make demo ARGS="--input posts.jsonl"  your own: {"id": …, "text": …} a line
  make demo ARGS=--keep                 leave it running; in another terminal:
    .venv/bin/sluice trace ID             the life of one post
    .venv/bin/sluice decide ID release --reason …
                                          decide what waits for people
  policies/                             read the two policies, change one, again"""
