"""A rule as an operator writes it, whole and right, for tests to change in one place."""

from stream.adapters.rules import Re2Finders
from stream.core.content import Published
from stream.core.content import Signal as Fact
from stream.core.rules import Rates, Rule, RuleBook, RuleOutcome, parse_rules
from stream.core.rules.date import DAY

NOW = 20_000 * DAY
"""2024-10-04."""

HEAD = """why = "a wave"
owner = "night-shift"
expires = 2024-12-01
"""


def written(name: str = "wave", body: str = 'phrases = ["buy now"]', then: str = "{ hold = true }") -> str:
    """One rule's text; `body` is its conditions."""
    return f"[rules.{name}]\n{HEAD}{body}\nthen = {then}\n"


def rules(*texts: str) -> tuple[Rule, ...]:
    return parse_rules("\n".join(texts), "wave.toml", NOW)


def book(*texts: str) -> RuleBook:
    return RuleBook(rules(*texts), Re2Finders())


def post(text: str = "good morning", **fields: object) -> Published:
    signals = fields.pop("signals", ())
    assert isinstance(signals, tuple)
    return Published(id="p1", version=1, at=1, text=text, signals=signals, **fields)  # type: ignore[arg-type]


def fact(kind: str, value: str | float | bool | None = None, source: str = "app") -> Fact:
    return Fact(kind=kind, source=source, value=value)


def judged(book: RuleBook, content: Published, now: int = NOW) -> RuleOutcome:
    """What rules say of a post that is the first of its author."""
    return book.judge(content, now, Rates(), at=now, counts=True)


def hits(body: str, content: Published) -> bool:
    """Whether a rule with these conditions takes a post."""
    return bool(judged(book(written(body=body)), content).rules)
