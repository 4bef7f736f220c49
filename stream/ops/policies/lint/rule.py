"""A rule of lint: its name, why it is one, and the function that looks."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

from stream.ops.policies.lint.finding import Finding, Found, Level

T = TypeVar("T")


class Rule(Struct, Generic[T], frozen=True):
    """One rule.

    Attributes:
        id: how findings, silences and pages name it.
        why: what happens with the model, or to people, where it is broken.
        mend: how it is mended in general.
        check: yields what it finds in one draft. Pure.
    """

    id: str
    level: Level
    why: str
    mend: str
    check: Callable[[T], Iterator[Found]]

    def findings(self, draft: T) -> Iterator[Finding]:
        """Look at one draft."""
        return (self.finding(found) for found in self.check(draft))

    def finding(self, found: Found) -> Finding:
        """What was found, under this rule's name."""
        place = found.place
        return Finding(
            rule=self.id,
            level=self.level,
            file=place.file,
            line=place.line,
            column=place.column,
            end=max(place.end, place.column),
            what=found.what,
            mend=found.mend,
            text=place.text,
        )
