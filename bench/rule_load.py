"""A thousand operators' rules of a usual mix, and posts for them."""

from collections.abc import Callable, Sequence
from random import Random

from bench.load import TEXT_BYTES
from stream.adapters.rules import Re2Finders
from stream.core.content import Published, Signal
from stream.core.rules import RuleBook, parse_rules
from stream.core.rules.date import DAY

NOW = 20_000 * DAY
RULES = 1_000
SCRIPTS = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзиклмнопрстуфхцчшщыэюя", "áéíóúñçüöäß")
MIX = (
    f"{RULES:,}: 500 with 3 phrases, 200 with a pattern, 100 with 5 domains, 80 with 20 authors, 50 with 4 "
    "fingerprints, 40 with signals, 30 with a rate; a tenth for one surface"
)


def book(number: int) -> RuleBook:
    """So many rules of the mix, always the same ones."""
    draw = Random(number)
    text = "\n".join(_rule(place, draw) for place in range(number))
    return RuleBook(parse_rules(text, "bench.toml", NOW), Re2Finders())


def _rule(place: int, draw: Random) -> str:
    """One rule of the mix, by its place among each hundred."""
    share = place % 100
    kinds: tuple[tuple[int, Callable[[], str]], ...] = (
        (50, lambda: f"phrases = {[_words(draw, draw.randint(1, 4)) for _ in range(3)]}"),
        (70, lambda: f"patterns = ['{_pattern(draw)}']"),
        (80, lambda: f"domains = {[word(draw) + '.example' for _ in range(5)]}"),
        (88, lambda: f"authors = {[f'author-{draw.randint(0, 10**6)}' for _ in range(20)]}"),
        (93, lambda: f"fingerprints = {['fp1:' + draw.randbytes(32).hex() for _ in range(4)]}"),
        (97, lambda: f"signals = [{{ kind = 'score-{draw.randint(0, 9)}', at_least = 0.9 }}]"),
        (100, lambda: f"authors = ['author-{place}']\nrate = {{ posts = 5, window = '10m' }}"),
    )
    body = next(make() for below, make in kinds if share < below)
    surface = "surfaces = ['profile']\n" if place % 10 == 0 else ""
    head = f"[rules.r{place}]\nwhy = 'w'\nowner = 'o'\nexpires = 2024-12-01\n"
    return f"{head}{surface}{body}\nthen = {{ hold = true }}"


def word(draw: Random, script: str = SCRIPTS[0]) -> str:
    """A word of random letters."""
    return "".join(draw.choices(script, k=draw.randint(4, 9)))


def _words(draw: Random, count: int) -> str:
    return " ".join(word(draw, draw.choice(SCRIPTS)) for _ in range(count))


def _pattern(draw: Random) -> str:
    one, other = word(draw), word(draw, draw.choice(SCRIPTS))
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


def posts(seed: int, scripts: Sequence[str], count: int) -> list[Published]:
    """Posts of about 200 bytes, no two alike; a fifth with a link, and each with a signal."""
    draw = Random(seed)
    signals = (Signal(kind="score-1", source="bench", value=0.2),)
    return [
        Published(
            id=f"p{number}",
            version=1,
            at=NOW,
            text=_cut(" ".join(word(draw, draw.choice(scripts)) for _ in range(30)))
            + (" www.site.example/x" if number % 5 == 0 else ""),
            author=f"author-{number % 5_000}",
            language="en",
            signals=signals,
        )
        for number in range(count)
    ]


def _cut(text: str) -> str:
    return text.encode()[:TEXT_BYTES].decode(errors="ignore")
