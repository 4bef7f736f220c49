"""An operator's rule, after parsing: what it takes and does, whose it is, and until when. Values only."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from stream.core.content import Edited, Published
from stream.core.content import Signal as Fact
from stream.core.fields import Language, Name, Policies, Pseudonym
from stream.core.fingerprint import fingerprint
from stream.core.policy.policy_set import Lane, speaks
from stream.core.terms import Effort


class Per(StrEnum):
    """Whose posts a rate counts together."""

    AUTHOR = "author"
    FINGERPRINT = "fingerprint"


class Signal(Struct, frozen=True):
    """A fact from outside the text that must be there, and how its value compares.

    Attributes:
        kind: the signal's kind.
        source: who must have said it; None is anybody.
        equals: what its value must be.
        at_least: its value must be a number from here on.
        below: its value must be a number below this.
    """

    kind: Name
    source: Name | None = None
    equals: str | float | bool | None = None
    at_least: float | None = None
    below: float | None = None

    def holds(self, fact: Fact) -> bool:
        """Whether a content's signal is such a one."""
        if fact.kind != self.kind or self.source not in (None, fact.source):
            return False
        if self.equals is not None and not _same(self.equals, fact.value):
            return False
        return self._in_range(fact.value)

    def _in_range(self, value: object) -> bool:
        if self.at_least is None and self.below is None:
            return True
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.below is None or value < self.below
        )


class Rate(Struct, frozen=True):
    """So many posts, or more, within a window of so many milliseconds."""

    posts: int
    window: int
    per: Per

    def subject(self, content: Published | Edited) -> str | None:
        """Whom a post counts for; None where it names no author."""
        return content.author if self.per is Per.AUTHOR else fingerprint(content.text)


class Route(Struct, frozen=True):
    """Where else a case goes: policies that are asked too, and a lane that it does not fall behind."""

    policies: Policies = ()
    lane: Lane | None = None


class Then(Struct, frozen=True):
    """What a rule does. Nothing of it removes or releases.

    Attributes:
        hold: people decide, and are asked at once.
        escalate: people decide, at once, and before other things: a life may be in danger.
        route: more policies, or another lane.
        effort: the least effort that the judge makes.
    """

    hold: bool = False
    escalate: bool = False
    route: Route = Route()
    effort: Annotated[Effort, Meta(description="medium or high")] | None = None


class Rule(Struct, frozen=True):
    """One rule. In a list of phrases, patterns, domains, authors or fingerprints any one is enough; all
    signals must be there; and every kind that is given must hold.

    Attributes:
        name: unique among all rules.
        why: what it is for, in words for colleagues.
        owner: who answers for it.
        until: when it ends, in ms since 1970.
        surfaces: where it counts; empty is everywhere.
        languages: in which it counts; empty is in all.
        file: where it was written.
        line: where its patterns stand there, else its first line.
    """

    name: str
    why: str
    owner: str
    until: int
    then: Then
    surfaces: tuple[Name, ...] = ()
    languages: tuple[Language, ...] = ()
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    authors: tuple[Pseudonym, ...] = ()
    fingerprints: tuple[str, ...] = ()
    signals: tuple[Signal, ...] = ()
    rate: Rate | None = None
    file: str = ""
    line: int = 1

    def is_over(self, now: int) -> bool:
        """Whether it has ended, so that it does nothing."""
        return self.until <= now

    def is_for(self, content: Published | Edited) -> bool:
        """Whether it counts where this was posted, and in its language."""
        if self.surfaces and content.surface not in self.surfaces:
            return False
        said = content.language
        return not self.languages or (
            said is not None and any(speaks(language, said) for language in self.languages)
        )


def _same(wanted: object, value: object) -> bool:
    """Equal, and not because Python takes true for 1."""
    return isinstance(wanted, bool) == isinstance(value, bool) and wanted == value
