"""A backtest as a page, and as JSON. Pure; restricted posts come in as a number alone."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from stream.core.judgement import Usage
from stream.core.outcome import Proposal
from stream.core.policy import PolicyResult
from stream.ops.amounts import count
from stream.ops.backtest.comparison import Cited, Comparison, Example, Shift
from stream.ops.backtest.figures import (
    Prices,
    Row,
    cited_rows,
    extrapolated,
    likelihood,
    moved,
    named,
    percent,
    shift_rows,
    whole_row,
)
from stream.ops.backtest.stance import Stance
from stream.ops.evaluation.statistics import interval
from stream.ops.report import Cell, Page, Part, Picture, Remark, Table, Text, Texts, Tile, Tiles
from stream.ops.report.pictures import Bar, bars, matrix

NO_EVIDENCE = "The exemplar engine compares texts with examples: these figures say nothing about a model."
READING = (
    Remark(
        "Stricter: what is released today would be left to people or removed, or what is left to people "
        "today would be removed. Milder: the other way round."
    ),
    Remark(
        "p-value: were a change as likely stricter as milder, how often luck alone would split the changed "
        "posts so unevenly (McNemar's exact test). It says whether the change has a direction, not whether "
        "it is right."
    ),
    Remark(
        "Beyond chance: where nothing is the matter, one row of 20 still has a p-value below 5%. So in a "
        "table of k rows one says yes only where its p-value times k is below 5% (Bonferroni)."
    ),
    Remark(
        "Shares have 95% intervals (Wilson's). Posts by one author, or copies of one text, are not "
        "independent: with many of them the true intervals are wider."
    ),
)
_PROPOSALS = (Proposal.RELEASE, Proposal.REVIEW, Proposal.REMOVE)
_MOST_BARS = 20
_CHANGES = ("stricter", "milder", "changed, 95%", "p-value", "beyond chance")


class Conditions(Struct, frozen=True, kw_only=True):
    """What a backtest was made with.

    Attributes:
        posts: versions in the window; those that were looked at may be fewer.
        complete: whether all that were to be looked at were.
        asked: questions that this run put to the engine, and the tokens that it paid for them.
        shadowed: whether both sides were read from `audit` and nothing was asked.
        exemplar: whether the figures are no evidence about a model.
    """

    today: str
    candidate: str
    model: str
    window: str
    posts: int
    wanted: int
    complete: bool
    asked: int = 0
    paid: Usage = Usage()
    shadowed: bool = False
    exemplar: bool = False
    prices: Prices | None = None

    @property
    def sampled(self) -> bool:
        """Whether only some posts were to be looked at."""
        return self.wanted < self.posts


def remarks(comparison: Comparison, conditions: Conditions) -> Iterator[str]:
    """What must be known before the figures are read."""
    if not conditions.complete:
        yield (
            f"PARTIAL: {comparison.posts:,} of {conditions.wanted:,} posts were compared. Those that came "
            "first in their partitions were: they may differ from the rest."
        )
    if conditions.exemplar:
        yield NO_EVIDENCE
    if conditions.sampled and comparison.whole.posts:
        share = whole_row(comparison).share
        yield (
            f"A random sample of {conditions.wanted:,} of {conditions.posts:,} posts. Shares and their "
            f"intervals hold for the whole window, if it is large beside the sample: in all of it, "
            f"{extrapolated(share, conditions.posts)} posts would change. Counts are the sample's."
        )
    if comparison.restricted:
        yield (
            f"{count(comparison.restricted, 'post')} may be restricted content under one of the sets: "
            "counted here, and left out of everything else."
        )
    if comparison.ruled:
        yield f"{count(comparison.ruled, 'post')} went to people by an operator's rule, whatever a set says."
    if comparison.uncompared:
        yield f"{count(comparison.uncompared, 'post')} lack an answer of one side, and were not compared."


def page(comparison: Comparison, conditions: Conditions) -> Page:
    """The report. Draws its plots; needs matplotlib and scipy."""
    about = (
        ("today", conditions.today),
        ("candidate", conditions.candidate),
        ("engine", conditions.model),
        ("window", conditions.window),
        ("posts", f"{comparison.posts:,} of {conditions.posts:,}"),
    )
    whole = whole_row(comparison)
    opening: list[Part] = [_tiles(whole)]
    opening += [Remark(text, warns=True) for text in remarks(comparison, conditions)]
    sections = [
        ("What would change", (*opening, *_moves(comparison))),
        ("By policy", _cited("policy", comparison.policies)),
        ("By clause", _cited("clause", comparison.clauses)),
        ("By language", _shifts("language", comparison.languages)),
        ("By surface", _shifts("surface", comparison.surfaces)),
        ("Examples", tuple(_examples(comparison)) or (Remark("No post would change."),)),
        ("Tokens and cost", _costs(comparison, conditions)),
        ("How to read it", READING),
    ]
    return Page("Backtest", about, tuple(sections))


def figures(comparison: Comparison, conditions: Conditions) -> dict[str, Any]:
    """The same for scripts, without a word of any post."""
    return {
        "conditions": to_builtins(conditions),
        "posts": comparison.posts,
        "restricted": comparison.restricted,
        "by_rule": comparison.ruled,
        "not_compared": comparison.uncompared,
        "recorded": comparison.recorded,
        "all": to_builtins(whole_row(comparison)),
        "moves": {moved(move): number for move, number in sorted(comparison.moves.items())},
        "policies": to_builtins(cited_rows(comparison.policies)),
        "clauses": to_builtins(cited_rows(comparison.clauses)),
        "languages": to_builtins(shift_rows(comparison.languages)),
        "surfaces": to_builtins(shift_rows(comparison.surfaces)),
        "examples": [
            {"move": moved(move), **place_of(one)} for move, found in comparison.examples() for one in found
        ],
        "usage": {
            "today": to_builtins(comparison.usage[0]),
            "candidate": to_builtins(comparison.usage[1]),
        },
    }


def place_of(example: Example) -> dict[str, Any]:
    """Where a post lies, and what is held against it; nothing of its text."""
    post = example.post
    return {
        "id": post.id,
        "version": post.version,
        "partition": post.partition,
        "offset": post.offset,
        "surface": post.surface,
        "language": post.language,
        "clauses": {"today": list(example.today.clauses), "candidate": list(example.candidate.clauses)},
    }


def held(example: Example) -> str:
    """What either set holds against a post: `nothing → hate/GH1.b`, `hate: needs_context under both`."""
    today, candidate = _held(example.today), _held(example.candidate)
    return f"{today} → {candidate}" if today != candidate else f"{today} under both"


def _held(stance: Stance) -> str:
    doubts = [
        f"{policy}: {result}"
        for policy, result in sorted(stance.results.items())
        if result is not PolicyResult.SAFE
    ]
    return ", ".join(stance.clauses or doubts) or "nothing"


def costs(comparison: Comparison, conditions: Conditions) -> list[tuple[str, float, float, float | None]]:
    """Of each side, per 1,000 posts: tokens of prompts and of answers, and their price."""
    per = 1_000 / max(1, comparison.posts)
    return [
        (
            side,
            usage.prompt * per,
            usage.output * per,
            conditions.prices.of(usage) * per if conditions.prices is not None else None,
        )
        for side, usage in zip(("today", "candidate"), comparison.usage, strict=True)
    ]


def _tiles(whole: Row) -> Tiles:
    return Tiles(
        (
            Tile("posts compared", f"{whole.posts:,}"),
            Tile("would change", f"{whole.stricter + whole.milder:,}", percent(whole.share)),
            Tile("stricter", f"{whole.stricter:,}"),
            Tile("milder", f"{whole.milder:,}"),
            Tile("p-value", likelihood(whole.chance), "how often luck alone splits them so unevenly"),
        )
    )


def _moves(comparison: Comparison) -> tuple[Part, ...]:
    counts = [[comparison.moves[today, then] for then in _PROPOSALS] for today in _PROPOSALS]
    names = [named(one) for one in _PROPOSALS]
    rows = tuple(
        (moved(move), number, percent(interval(number, comparison.whole.posts)))
        for move, number in comparison.moves.most_common()
        if move[0] is not move[1]
    )
    drawn = Picture(
        matrix(counts, names, names),
        "Posts. Rows: what becomes of them today. Columns: under the candidate. People: left to them.",
    )
    return (drawn, Table(("move", "posts", "share of all, 95%"), rows)) if rows else (drawn,)


def _cited(what: str, counts: dict[str, Cited]) -> tuple[Part, ...]:
    rows = cited_rows(counts)
    if not rows:
        return (Remark("Both sets hold the same against these posts, and no post would change."),)
    table = tuple((row.name, row.posts, row.gained, row.lost, *_changes(row)) for row in rows)
    headings = (what, "posts", "only candidate", "only today", *_CHANGES)
    caption = (
        f"Posts that a {what} is held against under either set, and how many of them change. A post with "
        "several counts under each."
    )
    return (Table(headings, table, caption),)


def _shifts(what: str, shifts: dict[str, Shift]) -> tuple[Part, ...]:
    rows = shift_rows(shifts)
    table = tuple((row.name, row.posts, *_changes(row)) for row in rows)
    parts: list[Part] = []
    if drawn := [_bar(row) for row in rows[:_MOST_BARS] if row.posts]:
        parts.append(Picture(bars(drawn, "share of posts that would change"), f"By {what}; lines: 95%."))
    return (*parts, Table((what, "posts", *_CHANGES), table))


def _changes(row: Row) -> tuple[Cell, ...]:
    return row.stricter, row.milder, percent(row.share), likelihood(row.chance), row.said


def _bar(row: Row) -> Bar:
    return Bar(row.name, (row.stricter + row.milder) / row.posts, row.share.low, row.share.high)


def _examples(comparison: Comparison) -> Iterator[Part]:
    for move, found in comparison.examples():
        texts = tuple(_text(one) for one in found)
        yield Texts(texts, f"{moved(move)}: {len(found):,} of {comparison.moves[move]:,}, drawn at random")


def _text(example: Example) -> Text:
    post = example.post
    where = f"{post.surface}, {post.language or 'language not said'}, content {post.partition}/{post.offset}"
    return Text(f"{post.id} v{post.version}", post.text, f"{held(example)}; {where}")


def _costs(comparison: Comparison, conditions: Conditions) -> tuple[Part, ...]:
    rows: Sequence[tuple[str, float, float, float | None]] = costs(comparison, conditions)
    table = Table(
        ("side", "prompt tokens", "answer tokens", "price"),
        tuple((side, round(prompt), round(output), price) for side, prompt, output, price in rows),
        "Per 1,000 posts, as they are asked in service.",
    )
    paid = conditions.paid
    spent = f"This run asked {count(conditions.asked, 'question')}: {paid.prompt + paid.output:,} tokens"
    price = f", {conditions.prices.of(paid):,.2f}" if conditions.prices is not None else ""
    known = f"Today's answers about {comparison.recorded:,} posts were read from audit."
    return table, Remark(f"{spent}{price}. {known}")
