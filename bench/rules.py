"""What operators' rules cost a post: a thousand of them, and texts that are made to be slow."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from random import Random

from msgspec import Struct

from bench.load import TEXT_BYTES
from bench.measurement import Aim, Bound, Findings, Spread, Table
from bench.setting import Setting
from stream.adapters.rules import Re2Finders
from stream.core.content import Published, Signal
from stream.core.rules import Rates, RuleBook, parse_rules
from stream.core.rules.date import DAY

NOW = 20_000 * DAY
RULES = 1_000
SCRIPTS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщыэюя", "áéíóúñçüöäß")
LONGEST = 32_768
"""Characters of the longest post that the contract takes."""

PEER_SECONDS = 20.0
PEER_LENGTHS = (16, 20, 24, 28, 32)
HOSTILE = (
    ("(a+)+[^a!]", "a", "!"),
    ("(a?a)+[^a!]", "a", "!"),
    (r"(\w+)*[^\w!]", "ab", "!"),
    ("(.*a){12}[^a!]", "a", "!"),
    (r"a\w{14}[^ab!]", "ab", "!"),
)
"""A pattern, the letters of its text, and how the text ends. None has a word by which RE2 could pass it over;
the first four make a backtracking engine slow, the last has 16,000 states for an automaton.
"""


class Figure(Struct, frozen=True):
    """Seconds of one hostile text at a length and at eight times as much."""

    pattern: str
    short: float
    long: float

    @property
    def growth(self) -> float:
        """How much dearer a character is in the longer text: 1 is linear, 8 is quadratic."""
        return self.long / self.short / 8


def measure(setting: Setting) -> Findings:
    """Ask a thousand rules, one and none of the same posts in turn; then hostile texts of two lengths."""
    books = {number: _book(number) for number in (0, 1, RULES)}
    count = setting.size(20_000, 4_000)
    rounds = []
    for seed in setting.rounds_of("rules"):
        posts = {
            "ASCII": _posts(seed, SCRIPTS[:1], count),
            "other scripts": _posts(seed, SCRIPTS[1:], count),
        }
        costs = {
            f"{name}, {number}": _cost(book, batch)
            for name, batch in posts.items()
            for number, book in books.items()
        }
        hostile = [_hostile(*one) for one in HOSTILE]
        costs["hostile post, 1,000"] = _hostile_post(books[RULES])
        rounds.append(
            {
                "microseconds": costs,
                "growth": {one.pattern: one.growth for one in hostile},
                "nanoseconds a character": {one.pattern: 1e9 * one.long / LONGEST for one in hostile},
            }
        )
    peer = {pattern: _peer(pattern, unit, end) for pattern, unit, end in HOSTILE}
    return _findings(setting, rounds, peer, count)


def _findings(
    setting: Setting, rounds: Sequence[dict[str, dict[str, float]]], peer: dict[str, str], count: int
) -> Findings:
    def spread(kind: str, name: str) -> Spread:
        return Spread.of(each[kind][name] for each in rounds)

    costs = tuple((name, spread("microseconds", name).shown(",.1f")) for name in rounds[0]["microseconds"])
    hostile = tuple(
        (
            pattern,
            spread("nanoseconds a character", pattern).shown(",.1f"),
            spread("growth", pattern).shown(",.2f"),
            peer[pattern],
        )
        for pattern, _, _ in HOSTILE
    )
    worst = Spread.of(max(each["growth"].values()) for each in rounds)
    return Findings(
        conditions={
            "rules": f"{RULES:,}: 500 with 3 phrases, 200 with a pattern, 100 with 5 domains, 80 with 20 "
            "authors, 50 with 4 fingerprints, 40 with signals, 30 with a rate; a tenth for one surface",
            "posts": f"200 bytes of random words, {count:,} a round, no two alike; books in turn",
            "hostile": f"texts of {LONGEST // 8:,} and {LONGEST:,} characters, one pattern each",
            "peer": f"Python's re.search in a process of its own, ended after {PEER_SECONDS:g} s",
            "rounds": f"{setting.times()}; CPU time of the process",
        },
        tables=(
            Table("rules: us a post, median (least - most)", ("posts, rules", "CPU us"), costs),
            Table(
                "hostile texts",
                ("pattern", "RE2: ns a character", "at 8 times the length", "Python's re"),
                hostile,
            ),
        ),
        aims=(
            Aim("a post under 1,000 rules, ASCII", Bound.AT_MOST, 100,
                spread("microseconds", f"ASCII, {RULES}"), "us"),
            Aim("a post under 1,000 rules, other scripts", Bound.AT_MOST, 100,
                spread("microseconds", f"other scripts, {RULES}"), "us"),
            Aim("time a character at 8 times the length", Bound.AT_MOST, 2, worst),
        ),
        rounds=rounds,
        notes=("hostile post: 32,768 characters that end no pattern early, under all 1,000 rules.",),
    )  # fmt: skip


def _book(number: int) -> RuleBook:
    draw = Random(number)
    text = "\n".join(_rule(place, draw) for place in range(number))
    return RuleBook(parse_rules(text, "bench.toml", NOW), Re2Finders())


def _rule(place: int, draw: Random) -> str:
    """One rule of the mix, by its place among each hundred."""
    share = place % 100
    kinds: tuple[tuple[int, Callable[[], str]], ...] = (
        (50, lambda: f"phrases = {[_words(draw, draw.randint(1, 4)) for _ in range(3)]}"),
        (70, lambda: f"patterns = ['{_pattern(draw)}']"),
        (80, lambda: f"domains = {[_word(draw) + '.example' for _ in range(5)]}"),
        (88, lambda: f"authors = {[f'author-{draw.randint(0, 10**6)}' for _ in range(20)]}"),
        (93, lambda: f"fingerprints = {['fp1:' + draw.randbytes(32).hex() for _ in range(4)]}"),
        (97, lambda: f"signals = [{{ kind = 'score-{draw.randint(0, 9)}', at_least = 0.9 }}]"),
        (100, lambda: f"authors = ['author-{place}']\nrate = {{ posts = 5, window = '10m' }}"),
    )
    body = next(make() for below, make in kinds if share < below)
    surface = "surfaces = ['profile']\n" if place % 10 == 0 else ""
    head = f"[rules.r{place}]\nwhy = 'w'\nowner = 'o'\nexpires = 2024-12-01\n"
    return f"{head}{surface}{body}\nthen = {{ hold = true }}"


def _word(draw: Random, script: str = SCRIPTS[0]) -> str:
    return "".join(draw.choices(script, k=draw.randint(4, 9)))


def _words(draw: Random, count: int) -> str:
    return " ".join(_word(draw, draw.choice(SCRIPTS)) for _ in range(count))


def _pattern(draw: Random) -> str:
    one, other = _word(draw), _word(draw, draw.choice(SCRIPTS))
    return draw.choice(
        (
            rf"{one}\s+{other}",
            rf"(?i){one}.{{0,20}}{other}",
            rf"\b{one}\d{{3,6}}\b",
            rf"(?i)(?:{one}|{other})[!?]{{2,}}",
            rf"(?i)\b(?:{one}|{other})\s*(?:now|today)",
            rf"{one[0]}[{one[1]}0@]+{one[2:]}",
        )
    )


def _posts(seed: int, scripts: Sequence[str], count: int) -> list[Published]:
    """Posts of about 200 bytes, no two alike; a fifth with a link, and each with a signal."""
    draw = Random(seed)
    signals = (Signal(kind="score-1", source="bench", value=0.2),)
    return [
        Published(
            id=f"p{number}",
            version=1,
            at=NOW,
            text=_cut(" ".join(_word(draw, draw.choice(scripts)) for _ in range(30)))
            + (" www.site.example/x" if number % 5 == 0 else ""),
            author=f"author-{number % 5_000}",
            language="en",
            signals=signals,
        )
        for number in range(count)
    ]


def _cut(text: str) -> str:
    return text.encode()[:TEXT_BYTES].decode(errors="ignore")


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
    text = " ".join(_word(draw)[:4] + "a" for _ in range(LONGEST))[:LONGEST]
    content = Published(id="p", version=1, at=NOW, text=text)
    begun = time.process_time()
    book.judge(content, NOW, Rates(), at=NOW, counts=True)
    return (time.process_time() - begun) * 1e6


def _hostile(pattern: str, unit: str, end: str) -> Figure:
    finder = Re2Finders().patterns([pattern])
    short, long = (_text(unit, length, end) for length in (LONGEST // 8, LONGEST))
    return Figure(pattern, _seconds(finder.find, short), _seconds(finder.find, long))


def _text(unit: str, length: int, end: str) -> str:
    return "".join(Random(3).choices(unit, k=length - len(end))) + end


def _seconds(find: Callable[[str], object], text: str) -> float:
    """The least of several: what else runs on the machine only adds."""
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        find(text)
        times.append(time.perf_counter() - begun)
    return min(times)


def _peer(pattern: str, unit: str, end: str) -> str:
    """How far Python's own `re` comes with the same pattern, by text length, before it is ended."""
    said = "quick up to 32,768"
    for length in (*PEER_LENGTHS, 1_024, 4_096, LONGEST):
        text = _text(unit, length, end)
        begun = time.perf_counter()
        try:
            subprocess.run(
                [sys.executable, "-c", f"import re; re.search({pattern!r}, {text!r})"],
                timeout=PEER_SECONDS,
                check=True,
            )
        except subprocess.TimeoutExpired:
            return f"{length:,} characters: not done after {PEER_SECONDS:g} s"
        seconds = time.perf_counter() - begun
        if seconds > 1:
            said = f"{length:,} characters: {seconds:.1f} s"
    return said
