"""What operators' rules cost a post: a thousand of them, and texts that are made to be slow."""

import time
from collections.abc import Mapping, Sequence
from random import Random

from bench import rule_load
from bench.hostile import HOSTILE, LONGEST, PEER_SECONDS, figure, peer
from bench.measurement import Aim, Bound, Findings, Spread, Table
from bench.rule_load import NOW, RULES, SCRIPTS
from bench.setting import Setting
from stream.core.content import Published
from stream.core.rules import Rates, RuleBook

Round = dict[str, dict[str, float]]
"""One round's figures: by what they are, then by what they are of."""


def measure(setting: Setting) -> Findings:
    """Ask a thousand rules, one and none of the same posts in turn; then hostile texts of two lengths."""
    books = {number: rule_load.book(number) for number in (0, 1, RULES)}
    count = setting.size(20_000, 4_000)
    rounds = [_round(books, seed, count) for seed in setting.rounds_of("rules")]
    peers = {pattern: peer(pattern, unit, end) for pattern, unit, end in HOSTILE}
    worst = Spread.of(max(one["growth"].values()) for one in rounds)
    return Findings(
        conditions={
            "rules": rule_load.MIX,
            "posts": f"200 bytes of random words, {count:,} a round, no two alike; books in turn",
            "hostile": f"texts of {LONGEST // 8:,} and {LONGEST:,} characters, one pattern each",
            "peer": f"Python's re.search in a process of its own, ended after {PEER_SECONDS:g} s",
            "rounds": f"{setting.times()}; CPU time of the process",
        },
        tables=(_costs(rounds), _hostile(rounds, peers)),
        aims=(
            _cheap(rounds, "ASCII"),
            _cheap(rounds, "other scripts"),
            Aim("time a character at 8 times the length", Bound.AT_MOST, 2, worst),
        ),
        rounds=rounds,
        notes=("hostile post: 32,768 characters that end no pattern early, under all 1,000 rules.",),
    )


def _round(books: Mapping[int, RuleBook], seed: int, count: int) -> Round:
    posts = {
        "ASCII": rule_load.posts(seed, SCRIPTS[:1], count),
        "other scripts": rule_load.posts(seed, SCRIPTS[1:], count),
    }
    costs = {
        f"{name}, {number}": _cost(book, batch)
        for name, batch in posts.items()
        for number, book in books.items()
    }
    hostile = [figure(*one) for one in HOSTILE]
    costs["hostile post, 1,000"] = _hostile_post(books[RULES])
    return {
        "microseconds": costs,
        "growth": {one.pattern: one.growth for one in hostile},
        "nanoseconds a character": {one.pattern: 1e9 * one.long / LONGEST for one in hostile},
    }


def _spread(rounds: Sequence[Round], kind: str, name: str) -> Spread:
    return Spread.of(each[kind][name] for each in rounds)


def _costs(rounds: Sequence[Round]) -> Table:
    rows = ((name, _spread(rounds, "microseconds", name).shown()) for name in rounds[0]["microseconds"])
    return Table("rules: us a post, median (least - most)", ("posts, rules", "CPU us"), tuple(rows))


def _hostile(rounds: Sequence[Round], peers: Mapping[str, str]) -> Table:
    rows = (
        (
            pattern,
            _spread(rounds, "nanoseconds a character", pattern).shown(),
            _spread(rounds, "growth", pattern).shown(",.2f"),
            peers[pattern],
        )
        for pattern, _, _ in HOSTILE
    )
    columns = ("pattern", "RE2: ns a character", "at 8 times the length", "Python's re")
    return Table("hostile texts", columns, tuple(rows))


def _cheap(rounds: Sequence[Round], posts: str) -> Aim:
    measured = _spread(rounds, "microseconds", f"{posts}, {RULES}")
    return Aim(f"a post under 1,000 rules, {posts}", Bound.AT_MOST, 100, measured, "us")


def _cost(book: RuleBook, posts: Sequence[Published]) -> float:
    """CPU microseconds a post, of posts that the automata have not seen; a tenth of them to warm up."""
    rates = Rates()
    rates.keep(book.rated)
    warm = len(posts) // 10
    for content in posts[:warm]:
        book.judge(content, NOW, rates, at=NOW, counts=True)
    begun = time.process_time()
    for number, content in enumerate(posts[warm:]):
        book.judge(content, NOW, rates, at=NOW + number, counts=True)
    return (time.process_time() - begun) / (len(posts) - warm) * 1e6


def _hostile_post(book: RuleBook) -> float:
    """CPU microseconds of the longest post, every word of which begins a phrase or a pattern."""
    draw = Random(9)
    text = " ".join(rule_load.word(draw)[:4] + "a" for _ in range(LONGEST))[:LONGEST]
    content = Published(id="p", version=1, at=NOW, text=text)
    begun = time.process_time()
    book.judge(content, NOW, Rates(), at=NOW, counts=True)
    return (time.process_time() - begun) * 1e6
