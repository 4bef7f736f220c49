"""What rules would have taken of posts that were published: counted, without anything happening. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from stream.core.content import Edited, Published
from stream.core.fingerprint import fingerprint
from stream.core.printable import printable
from stream.core.rules import Finders, Rates, Rule, RuleBook, Then

EXAMPLES = 5
_NEVER = 0
"""A moment before the end of any rule: one that has ended can be tried too."""


class Taken(Struct, frozen=True):
    """One post that a rule would have taken, and when it was published, in ms since 1970."""

    content: Published | Edited
    at: int

    def told(self, *, show_text: bool) -> dict[str, Any]:
        """For a line of output; its text only where that is asked for."""
        content = self.content
        return {
            "id": content.id,
            "version": content.version,
            "at": self.at,
            "surface": content.surface,
            "language": content.language,
            "text": printable(content.text) if show_text else f"[{len(content.text):,} characters]",
            "fingerprint": fingerprint(content.text),
        }


class Count(Struct):
    """What one rule would have taken."""

    rule: Rule
    surfaces: Counter[str]
    languages: Counter[str]
    authors: Counter[str]
    examples: list[Taken]
    hits: int = 0

    def share(self, most: int) -> float:
        """Which part of its posts those authors wrote who wrote the most, 0 to 1."""
        return sum(number for _, number in self.authors.most_common(most)) / max(1, self.hits)

    def add(self, taken: Taken) -> None:
        """Count one post."""
        self.hits += 1
        self.surfaces[taken.content.surface] += 1
        self.languages[taken.content.language or "not said"] += 1
        if taken.content.author is not None:
            self.authors[taken.content.author] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(taken)


class Trial:
    """Shows posts to rules, in any order: rates are counted at the end, in the order of time.

    Attributes:
        posts: how many were looked at.

    Args:
        rules: what is tried.
        finders: as for `RuleBook`.

    Raises:
        PolicyInvalid: as `RuleBook` does.
    """

    def __init__(self, rules: Iterable[Rule], finders: Finders) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._book = RuleBook((replace(rule, rate=None) for rule in self._rules.values()), finders)
        self._taken: dict[str, list[Taken]] = {name: [] for name in self._rules}
        self.posts = 0

    def look(self, content: Published | Edited, at: int) -> None:
        """Show one post, and when it was published."""
        self.posts += 1
        outcome = self._book.judge(content, _NEVER, Rates(), at=at, counts=True)
        for name in outcome.rules:
            self._taken[name].append(Taken(content, at))

    def counts(self) -> Iterator[Count]:
        """What each rule would have taken, by name."""
        for name, rule in sorted(self._rules.items()):
            count = Count(rule, Counter(), Counter(), Counter(), [])
            for taken in _at_the_rate(rule, self._taken[name]):
                count.add(taken)
            yield count


def _at_the_rate(rule: Rule, taken: list[Taken]) -> Iterator[Taken]:
    rates = Rates()
    for one in sorted(taken, key=lambda one: one.at):
        subject = rule.rate.subject(one.content) if rule.rate is not None else None
        if rule.rate is None or (
            subject is not None and rates.reaches(rule.name, rule.rate, subject, one.at, counts=True)
        ):
            yield one


def in_words(then: Then) -> str:
    """What a rule does: `escalate`, `ask spam-and-scams too, lane priority, effort high`."""
    asked = f"ask {', '.join(then.route.policies)} too" if then.route.policies else ""
    lane = f"lane {then.route.lane}" if then.route.lane is not None else ""
    effort = f"effort {then.effort}" if then.effort is not None else ""
    parts = ("escalate" * then.escalate, "hold" * then.hold, asked, lane, effort)
    return ", ".join(part for part in parts if part)
