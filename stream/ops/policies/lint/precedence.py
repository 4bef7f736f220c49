"""What a policy leaves to others, and whether they are there: in PRECEDENCE, and in the routes of a set."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import combinations, product

from stream.core.policy import Clause, Policy
from stream.core.toml_text import line_of, nearest
from stream.ops.policies.lint.draft import Draft, SetDraft, sections_of
from stream.ops.policies.lint.finding import Found, Level, Place
from stream.ops.policies.lint.rule import Rule
from stream.ops.policies.lint.words import alike, meaning

ALIKE = 0.25
"""How like two clauses are, by the words that carry their meaning, before they are taken for one rule.

Of some 1,000 pairs in the shipped policies one is: a threat in `harassment` and in `threats-and-incitement`.
"""
Meanings = list[tuple[Clause, frozenset[str]]]
_HANDS_OVER = re.compile(r"\b(?:belongs?|leaves?|left|breaks?)\b")
_OWNER = re.compile(r"\bbelongs?\s+to\s+([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\b")
_HYPHENATED = re.compile(r"\b[a-z]+(?:-[a-z0-9]+)+\b")
_ORDINARY = frozenset(
    "the a an its their his her our your this that another other others somebody whoever".split()  # noqa: SIM905
)
CLOSE = 0.8


def handed_over(policy: Policy, known: frozenset[str]) -> set[str]:
    """The policies that PRECEDENCE leaves something to; a plain word counts only where something is left."""
    named = set()
    for sentence in re.split(r"(?<=[.;])\s+", sections_of(policy)["PRECEDENCE"]):
        leaves = _HANDS_OVER.search(sentence)
        found = set(re.findall(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", sentence)) & known
        named |= {name for name in found if leaves or "-" in name}
    return named


def _unknown(draft: Draft) -> Iterator[Found]:
    if not draft.known:
        return
    known = sorted(draft.known)
    for line in draft.page.section("PRECEDENCE"):
        owners = [
            (found[1], found.span(1)) for found in _OWNER.finditer(line.text) if found[1] not in _ORDINARY
        ]
        typos = [
            (found[0], found.span())
            for found in _HYPHENATED.finditer(line.text)
            if found[0] not in draft.known and get_close_matches(found[0], known, n=1, cutoff=CLOSE)
        ]
        for name, span in dict([*owners, *typos]).items():
            if name not in draft.known:
                yield Found(
                    line.place(*span),
                    f"leaves something to `{name}`, which is no policy",
                    nearest(name, known),
                )


def _unasked(draft: SetDraft) -> Iterator[Found]:
    for place, policies, where in _routes(draft):
        for policy_id in policies:
            left = handed_over(draft.policy_set.policies[policy_id], draft.known) - {policy_id}
            if missing := ", ".join(f"`{other}`" for other in sorted(left - set(policies))):
                yield Found(
                    where,
                    f"route {place + 1} asks `{policy_id}`, which leaves something to {missing}: not asked",
                    f"Add them to the route, or take `{policy_id}` out",
                )


def _overlap(draft: SetDraft) -> Iterator[Found]:
    routed = {pair for _, policies, _ in _routes(draft) for pair in combinations(sorted(policies), 2)}
    policies = draft.policy_set.policies
    named = {one: handed_over(policies[one], draft.known) for one in draft.pages}
    words = {one: _meanings(policies[one]) for one in draft.pages}
    for one, other in sorted(routed):
        if other in named[one] or one in named[other]:
            continue
        if found := _alike(words[one], words[other]):
            mine, yours = found
            yield Found(
                draft.pages[one].clause(mine.id),
                f"{mine.id} and {yours.id} of `{other}` forbid much the same, and neither names the other",
                f"Say in PRECEDENCE of both what belongs to `{one}` and what to `{other}`",
            )


def _meanings(policy: Policy) -> Meanings:
    return [(clause, meaning(clause.text)) for clause in policy.clauses if clause.violates]


def _alike(one: Meanings, other: Meanings) -> tuple[Clause, Clause] | None:
    """The first two clauses that are alike enough."""
    pairs = product(one, other)
    return next(((mine, yours) for (mine, said), (yours, too) in pairs if alike(said, too, ALIKE)), None)


def _routes(draft: SetDraft) -> Iterator[tuple[int, tuple[str, ...], Place]]:
    """Each route's number from 0, its policies that could be read, and where they stand."""
    lines = draft.text.splitlines()
    for place, route in enumerate(draft.policy_set.routes):
        number = line_of(draft.text, ("routes", place, "policies"))
        text = lines[number - 1]
        where = Place(draft.file, number, text, 1, len(text) + 1)
        yield place, tuple(one for one in route.policies if one in draft.pages), where


LEFT_TO_NOBODY = Rule(
    "left-to-nobody",
    Level.ERROR,
    "What a policy leaves to one that does not exist nobody judges: the post is released.",
    "Name a policy that lies in the folder, or rule on it here.",
    _unknown,
)
ROUTE_LEAVES_GAP = Rule(
    "route-leaves-gap",
    Level.WARNING,
    "Where a route asks a policy and not the one that it leaves something to, that is released unjudged.",
    "Add the other policy to the route, or say in the set's silence why the gap is wanted.",
    _unasked,
)
OVERLAP = Rule(
    "overlap-without-precedence",
    Level.WARNING,
    "Two policies of one route that forbid the same without naming each other cite two clauses, or each"
    " leaves it"
    " to the other.",
    "Say in PRECEDENCE of both which one owns it.",
    _overlap,
)
