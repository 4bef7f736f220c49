"""The text of `rules/NAME.toml` → rules, or an error that says file, line and how to mend it. Pure."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from msgspec import Meta, Struct

from stream.core.duration import Duration, milliseconds
from stream.core.errors import PolicyInvalid
from stream.core.fields import Language, Name, Pseudonym
from stream.core.rules.date import DAY, end_of
from stream.core.rules.domains import skeleton
from stream.core.rules.rule import Per, Rate, Rule, Signal, Then
from stream.core.terms import Effort
from stream.core.toml_text import Path, decode_toml, line_in, lines_of
from stream.core.written import folded

MAX_DAYS = 90
"""The longest that a rule may be in force before its owner looks at it again."""
MAX_WINDOW = DAY

_KINDS = ("phrases", "patterns", "domains", "authors", "authors_file", "fingerprints", "signals", "rate")

Words = Annotated[str, Meta(min_length=1, max_length=300)]
Pattern = Annotated[str, Meta(min_length=1, max_length=500)]
Fingerprint = Annotated[str, Meta(pattern=r"^fp1:[0-9a-f]{64}$")]
Beside = Callable[[str], str]
"""The text of a file that lies beside the rules' own, by its name; raises `OSError` where there is none."""


class RateText(Struct, frozen=True):
    """A rate as written: `{ posts = 20, window = "10m", per = "author" }`."""

    posts: Annotated[int, Meta(ge=2, le=1_000_000)]
    window: Duration
    per: Per = Per.AUTHOR


class RuleText(Struct, frozen=True):
    """One rule as written."""

    why: Words
    owner: Annotated[str, Meta(min_length=1, max_length=100)]
    expires: Any
    then: Then
    surfaces: tuple[Name, ...] = ()
    languages: tuple[Language, ...] = ()
    phrases: tuple[Words, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    domains: tuple[Words, ...] = ()
    authors: tuple[Pseudonym, ...] = ()
    authors_file: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")] | None = None
    fingerprints: tuple[Fingerprint, ...] = ()
    signals: Annotated[tuple[Signal, ...], Meta(max_length=16)] = ()
    rate: RateText | None = None


class RulesText(Struct, frozen=True):
    """A file as written."""

    rules: dict[Name, RuleText] = {}


def parse_rules(text: str, file: str, now: int, beside: Beside | None = None) -> tuple[Rule, ...]:
    """Read the rules of one file.

    A rule whose day has passed is read like any other: time alone never makes a file unreadable.

    Args:
        text: the whole file.
        file: its name, for errors.
        now: in ms since 1970; no rule may end more than 90 days from here.
        beside: reads a list of authors that lies beside the file; without it only lists in the file count.

    Raises:
        PolicyInvalid: something in it does not hold together. Patterns are seen to by `RuleBook`.
    """
    written = decode_toml(text, file, RulesText)
    reading = _Reading(lines_of(text), file, now, beside)
    return tuple(reading.rule(name, one) for name, one in written.rules.items())


class _Reading(Struct, frozen=True):
    """What the rules of one file are read with."""

    lines: dict[Path, int]
    file: str
    now: int
    beside: Beside | None

    def rule(self, name: str, written: RuleText) -> Rule:
        """Check one rule and bring its conditions to the form in which they are compared."""
        if not any(getattr(written, kind) for kind in _KINDS):
            mend = f"Give it one of {', '.join(f'`{kind}`' for kind in _KINDS)}"
            raise self._fault(name, (), "it takes every post, because it has no condition", mend)
        self._check_then(name, written.then)
        return Rule(
            name=name,
            why=written.why,
            owner=written.owner,
            until=self._until(name, written.expires),
            then=written.then,
            surfaces=written.surfaces,
            languages=written.languages,
            phrases=tuple(self._phrases(name, written.phrases)),
            patterns=written.patterns,
            domains=tuple(self._domains(name, written.domains)),
            authors=(*written.authors, *self._authors(name, written.authors_file)),
            fingerprints=written.fingerprints,
            signals=written.signals,
            rate=self._rate(name, written.rate),
            file=self.file,
            line=line_in(self.lines, ("rules", name, "patterns")),
        )

    def _check_then(self, name: str, then: Then) -> None:
        if then == Then():
            mend = "Write `then = { hold = true }`, or escalate, route or effort"
            raise self._fault(name, ("then",), "it does nothing", mend)
        if then.effort is Effort.LOW:
            raise self._fault(name, ("then",), "effort low raises nothing", "Write medium or high")

    def _until(self, name: str, expires: object) -> int:
        until = end_of(str(expires))
        if until is None:
            raise self._fault(name, ("expires",), f"expires: {expires} is no date", "Write 2026-12-31, say")
        if until > self.now + (MAX_DAYS + 1) * DAY:
            what = f"expires more than {MAX_DAYS} days from now"
            raise self._fault(name, ("expires",), what, "A rule is for a while: make a policy of what stays")
        return until

    def _phrases(self, name: str, phrases: tuple[str, ...]) -> Iterator[str]:
        for phrase in phrases:
            form = folded(phrase)
            if not form:
                what = "a phrase of which nothing is left once spaces and invisible characters are taken out"
                raise self._fault(name, ("phrases",), what, "Write the words as people do")
            yield form

    def _domains(self, name: str, domains: tuple[str, ...]) -> Iterator[str]:
        for domain in domains:
            form = skeleton(domain)
            if "." not in form or not set(domain).isdisjoint("/:@* \t"):
                what = f"`{domain}` is no domain"
                raise self._fault(name, ("domains",), what, "Write example.com; all below it are meant too")
            yield form

    def _authors(self, name: str, list_file: str | None) -> Iterator[str]:
        """One pseudonym a line; what begins with # is a remark."""
        if list_file is None:
            return
        try:
            lines = self.beside(list_file).splitlines() if self.beside is not None else None
        except (OSError, UnicodeDecodeError) as error:
            what = f"the list {list_file} cannot be read: {error}"
            raise self._fault(name, ("authors_file",), what, "Put it beside this file, in UTF-8") from None
        if lines is None:
            what = "a list in another file, where only this one is known"
            raise self._fault(name, ("authors_file",), what, "Write `authors = [ … ]`")
        authors = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not authors or max(map(len, authors)) > 128:
            what = f"{list_file} names nobody, or somebody by more than 128 characters"
            raise self._fault(name, ("authors_file",), what, "Write one pseudonym a line")
        yield from authors

    def _rate(self, name: str, written: RateText | None) -> Rate | None:
        if written is None:
            return None
        window = milliseconds(written.window)
        if window > MAX_WINDOW:
            raise self._fault(name, ("rate",), f"a window of {written.window}", "Count over a day at most")
        return Rate(written.posts, window, written.per)

    def _fault(self, name: str, path: tuple[str, ...], what: str, mend: str) -> PolicyInvalid:
        line = line_in(self.lines, ("rules", name, *path))
        return PolicyInvalid(self.file, line, f"rule `{name}`: {what}", mend)
