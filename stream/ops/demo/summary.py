"""The summary that ends a demo: figures, what they rest on, and what to try next."""

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from stream.core.ledger import SummaryAnswer
from stream.core.ledger.summary import UNROUTED
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


def summary(tally: Tally, answer: SummaryAnswer | None, setting: Setting) -> RenderableType:
    """Draw the figures of a finished run: what the ledger says, and what only the demo can measure.

    Args:
        tally: the demo's own counts, which stand in where there is no ledger.
        answer: the ledger's.
        setting: what the run rested on.
    """
    told = _of_tally(tally) if answer is None else _of_ledger(answer)
    by_policy = _answers_by_policy(tally) if answer is None else _by_policy(answer)
    parts: list[RenderableType] = [_figures(tally, told), Text(), by_policy, Text(), _rests_on(setting)]
    if answer is None:
        parts.insert(0, Text("Without a ledger: these are the demo's own counts.\n", "yellow"))
    if setting.timed_out:
        unsent = f" {setting.unsent:,} events were not published." if setting.unsent else ""
        words = f"Time was up: what was not decided is still hidden.{unsent}\n"
        parts.insert(0, Text(words, "yellow"))
    return Group(*parts, Text(), Text(_NEXT))


class Told(Struct, frozen=True):
    """The figures that the ledger tells, or the tally in its stead."""

    state: str
    decided_by: str
    with_people: int
    prompt_tokens: int
    output_tokens: int


def _of_ledger(answer: SummaryAnswer) -> Told:
    stands = answer.contents
    held = stands.get("automatic", 0) + stands.get("people", 0)
    return Told(
        state=f"{stands.get('release', 0)} released, {stands.get('remove', 0)} removed, "
        f"{held} held, {stands.get('deleted', 0)} deleted",
        decided_by=", ".join(f"{count} {by}" for by, count in answer.decided_by.items()),
        with_people=answer.with_people,
        prompt_tokens=answer.tokens.prompt,
        output_tokens=answer.tokens.output,
    )


def _of_tally(tally: Tally) -> Told:
    return Told(
        state=f"{tally.now(Decision.RELEASE)} released, {tally.now(Decision.REMOVE)} removed, "
        f"{tally.held} held, {tally.now(Decision.DELETED)} deleted",
        decided_by=", ".join(f"{count} {by}" for by, count in tally.decided_by.most_common()),
        with_people=tally.with_people,
        prompt_tokens=tally.prompt_tokens,
        output_tokens=tally.output_tokens,
    )


def _figures(tally: Tally, told: Told) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    events = ", ".join(f"{count} {kind}" for kind, count in tally.sent.most_common())
    table.add_row("events", events)
    table.add_row("posts", f"{tally.contents} of {tally.expected} accounted for:\n{told.state}")
    if tally.shown is not None:
        table.add_row("shown", f"{tally.shown} posts, by a reader that keeps to the one rule")
    table.add_row("time to hide", _spread(tally.time_to_hide()))
    table.add_row("time in hold", _spread(tally.time_in_hold()))
    table.add_row("decided by", told.decided_by or "nobody yet")
    table.add_row("waiting for people", f"{told.with_people} cases")
    table.add_row("estimated cost", _cost(tally, told))
    return table


def _spread(spread: Percentiles) -> str:
    if not spread.count:
        return "nothing measured"
    return f"p50 {spread.p50:,.0f} ms   p99 {spread.p99:,.0f} ms   ({spread.count:,} measured)"


def _cost(tally: Tally, told: Told) -> str:
    if not tally.questions:
        return "nothing was asked"
    measured = told.output_tokens > 0
    prompt = told.prompt_tokens if measured else tally.questions * _USUAL_PROMPT
    output = told.output_tokens if measured else tally.questions * _USUAL_OUTPUT
    dollars = (prompt * _PROMPT_PRICE + output * _OUTPUT_PRICE) / 1_000_000
    thousand = 1_000 * dollars / max(tally.contents, 1)
    basis = "tokens as measured" if measured else f"{_USUAL_PROMPT} + {_USUAL_OUTPUT} tokens each assumed"
    price = f"${thousand:.2f} per 1,000 posts, hosted gpt-oss-safeguard-20b"
    return f"{price}\n({tally.questions:,} questions, {basis})"


def _by_policy(answer: SummaryAnswer) -> Table:
    table = Table(
        title="By policy, as the ledger counts",
        title_justify="left",
        box=None,
        padding=(0, 2),
        header_style="dim",
    )
    for name in ("policy", "held", "released", "removed", "time in hold p50"):
        table.add_column(name, justify="left" if name == "policy" else "right")
    for policy, told in answer.policies.items():
        name = "none: for people at once" if policy == UNROUTED else policy
        p50 = told.time_in_hold.p50
        spread = "" if p50 is None else f"{p50 * 1e3:,.0f} ms"
        table.add_row(name, str(told.held), str(told.released), str(told.removed), spread)
    return table


def _answers_by_policy(tally: Tally) -> Table:
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
