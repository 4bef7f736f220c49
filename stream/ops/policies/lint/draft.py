"""What the rules look at: a policy as it lies on disk with what stands beside it, and a set."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from stream.core.policy import Clause, Policy
from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy_set import PolicySet
from stream.ops.policies.lint.finding import Place
from stream.ops.policies.lint.page import Page

_HEADING = re.compile(r"\n# ([A-Z]+)\n")


class Draft(Struct, frozen=True):
    """One policy.

    Attributes:
        tokens: counts in the model's own vocabulary.
        cases: its golden cases, each with its place.
        known: the ids of all policies that lie beside it.
        parent: what it extends.
    """

    policy: Policy
    page: Page
    tokens: Callable[[str], int]
    cases: tuple[tuple[Place, GoldenCase], ...] = ()
    known: frozenset[str] = frozenset()
    parent: Policy | None = None

    def text(self, *names: str) -> str:
        """These sections of the whole policy, whatever file they were written in."""
        sections = {"INSTRUCTIONS": self.policy.instructions, **sections_of(self.policy)}
        return "\n".join(sections.get(name, "") for name in names)

    def clauses(self, *, violating: bool) -> list[Clause]:
        """The clauses of one side that this file writes; those it inherits are looked at in their own."""
        own = self.page.clauses()
        return [one for one in self.policy.clauses if one.violates is violating and one.id in own]


class SetDraft(Struct, frozen=True):
    """One set: the pages of the policies in it by their ids, and the ids of all policies beside it."""

    policy_set: PolicySet
    file: str
    text: str
    pages: Mapping[str, Page]
    known: frozenset[str]


def sections_of(policy: Policy) -> dict[str, str]:
    """The sections of the whole policy between INSTRUCTIONS and EXAMPLES, by their names."""
    parts = _HEADING.split("\n" + policy.body)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
