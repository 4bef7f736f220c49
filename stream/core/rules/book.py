"""All rules together, made ready so that a post's cost hardly grows with their number. Pure: what finds
phrases and patterns comes in through a Protocol.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Protocol

from stream.core.content import Edited, Published
from stream.core.errors import PolicyInvalid
from stream.core.fingerprint import fingerprint
from stream.core.rules.domains import domains_in
from stream.core.rules.outcome import NOTHING, RuleOutcome, fold
from stream.core.rules.rates import Rates
from stream.core.rules.rule import Rule
from stream.core.written import bounded, folded, plain

Index = Mapping[str, Sequence[int]]
"""Of a value the places of the rules that name it."""


class Finder(Protocol):
    """Looks for many expressions at once, in time linear in the text."""

    def find(self, text: str) -> Sequence[int]:
        """The places of those that occur in a text. Never raises, and misses none."""


class Finders(Protocol):
    """Makes finders."""

    def phrases(self, phrases: Sequence[str]) -> Finder:
        """One that looks for these texts, letter by letter."""

    def patterns(self, patterns: Sequence[str]) -> Finder:
        """One that looks for these patterns. Raises `PatternInvalid`."""

    def fault(self, pattern: str) -> str:
        """What is wrong with a pattern; empty if nothing is."""


class RuleBook:
    """Every rule in force. `judge` is its only question; the counts of rates live in `Rates`, beside it.

    Args:
        rules: in any order; names are unique.
        finders: makes what looks for phrases and patterns.

    Raises:
        PolicyInvalid: two rules have one name, or a pattern is none.
    """

    def __init__(self, rules: Iterable[Rule], finders: Finders) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.name))
        _check_names(self.rules)
        _check_patterns(self.rules, finders)
        self._phrases = _index(self.rules, lambda rule: rule.phrases)
        self._patterns = _index(self.rules, lambda rule: rule.patterns)
        self._domains = _index(self.rules, lambda rule: rule.domains)
        self._authors = _index(self.rules, lambda rule: rule.authors)
        self._fingerprints = _index(self.rules, lambda rule: rule.fingerprints)
        self._signals = _index(self.rules, lambda rule: [signal.kind for signal in rule.signals])
        self._phrase_list = list(self._phrases)
        self._pattern_list = list(self._patterns)
        self._phrase_finder = finders.phrases(self._phrase_list)
        self._pattern_finder = finders.patterns(self._pattern_list)
        self._needs = [_kinds(rule) for rule in self.rules]
        self._always = [place for place, needs in enumerate(self._needs) if not needs]

    @property
    def rated(self) -> tuple[str, ...]:
        """The names of the rules with a rate: what `Rates` is to keep."""
        return tuple(rule.name for rule in self.rules if rule.rate is not None)

    def judge(
        self, content: Published | Edited, now: int, rates: Rates, *, at: int, counts: bool
    ) -> RuleOutcome:
        """What the rules say of a post.

        Args:
            content: the post.
            now: in ms since 1970, for rules that have ended.
            rates: the counts; the only thing that changes.
            at: when it was posted, for rates.
            counts: whether it counts as a new post.
        """
        if not self.rules:
            return NOTHING
        found: dict[int, int] = defaultdict(int)
        for place in self._always:
            found[place] = 0
        for place in self._found(content):
            found[place] += 1
        return fold(
            self.rules[place]
            for place, kinds in found.items()
            if kinds == self._needs[place] and self._holds(self.rules[place], content, now, rates, at, counts)
        )

    def _holds(
        self, rule: Rule, content: Published | Edited, now: int, rates: Rates, at: int, counts: bool
    ) -> bool:
        """What no index knows: whether it counts here and now, its signals' values, and last its rate."""
        if rule.is_over(now) or not rule.is_for(content):
            return False
        if not all(any(map(signal.holds, content.signals)) for signal in rule.signals):
            return False
        if rule.rate is None:
            return True
        subject = rule.rate.subject(content)
        return subject is not None and rates.reaches(rule.name, rule.rate, subject, at, counts=counts)

    def _found(self, content: Published | Edited) -> Iterator[int]:
        """The places of the rules that something in a post speaks for: once for each kind."""
        text = plain(content.text)
        if self._phrases:
            yield from _places(self._phrases, self._phrases_in(folded(text)))
        if self._patterns:
            hits = self._pattern_finder.find(text)
            yield from _places(self._patterns, (self._pattern_list[hit] for hit in hits))
        if self._domains:
            yield from _places(self._domains, domains_in(text))
        if self._authors and content.author is not None:
            yield from _places(self._authors, (content.author,))
        if self._fingerprints:
            yield from _places(self._fingerprints, (fingerprint(text),))
        if self._signals and content.signals:
            yield from _places(self._signals, (signal.kind for signal in content.signals))

    def _phrases_in(self, text: str) -> Iterator[str]:
        for hit in self._phrase_finder.find(text):
            if bounded(text, phrase := self._phrase_list[hit]):
                yield phrase


def _places(index: Index, values: Iterable[str]) -> set[int]:
    return {place for value in values for place in index.get(value, ())}


def _index(rules: Sequence[Rule], values: Callable[[Rule], Iterable[str]]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        for value in dict.fromkeys(values(rule)):
            index.setdefault(value, []).append(place)
    return index


def _kinds(rule: Rule) -> int:
    """How many kinds of condition an index must speak for."""
    indexed = (rule.phrases, rule.patterns, rule.domains, rule.authors, rule.fingerprints, rule.signals)
    return sum(map(bool, indexed))


def _check_names(rules: Sequence[Rule]) -> None:
    for one, other in pairwise(rules):
        if one.name == other.name:
            what = f"rule `{one.name}` is in {one.file} too"
            raise PolicyInvalid(other.file, other.line, what, "Give one of them another name")


def _check_patterns(rules: Sequence[Rule], finders: Finders) -> None:
    for rule in rules:
        for pattern in rule.patterns:
            if fault := finders.fault(pattern):
                what = f"rule `{rule.name}`: pattern `{pattern}`: {fault}"
                raise PolicyInvalid(rule.file, rule.line, what, "Write it in RE2's syntax")
