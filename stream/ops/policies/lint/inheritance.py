"""A policy beside the one that it extends: what a market or vertical may not turn round unseen."""

from collections.abc import Iterator

from stream.core.policy import Action, Clause, Policy
from stream.ops.policies.lint.draft import Draft
from stream.ops.policies.lint.finding import Found, Level
from stream.ops.policies.lint.rule import Rule
from stream.ops.policies.lint.words import likeness, meaning

SAME = 0.9
"""How like two clauses of different ids are before they are one rule written again."""
SWALLOWED = 0.6
"""The share of a clause's words in an exemption before the exemption covers it."""
_WEIGHT = {
    Action.SUPPORT: 0, Action.LIMITED_REACH: 1, Action.INTERSTITIAL: 2, Action.AGE_GATE: 3, Action.REGION: 4,
    Action.REMOVE: 5, Action.REVIEW: 5,
}  # fmt: skip
"""How strong an action is; `review` hides a post until people decide, so it is no weaker than `remove`."""


def flipped(child: Policy, parent: Policy) -> Iterator[tuple[Clause, Clause]]:
    """Clauses of the child that decide the other way than the parent's of the same id or the same words."""
    for mine, theirs in _pairs(child, parent):
        if mine.violates != theirs.violates:
            yield mine, theirs


def weakened(child: Policy, parent: Policy) -> Iterator[tuple[Clause, Clause, int]]:
    """Clauses whose action is weaker than the parent's, with the first severity at which it is."""
    for mine, theirs in _pairs(child, parent):
        if mine.violates and theirs.violates:
            steps = sorted({*mine.severities, *theirs.severities})
            weaker = (at for at in steps if _WEIGHT[mine.action_at(at)] < _WEIGHT[theirs.action_at(at)])
            if (at := next(weaker, None)) is not None:
                yield mine, theirs, at


def swallowed(child: Policy, parent: Policy) -> Iterator[tuple[Clause, Clause]]:
    """Exemptions that the child adds, each with a clause of the parent whose words it covers."""
    added = [clause for clause in child.clauses if not clause.violates and parent.clause(clause.id) != clause]
    for mine in added:
        for theirs in parent.clauses:
            wanted = _rule(theirs)
            if theirs.violates and wanted and len(_rule(mine) & wanted) >= SWALLOWED * len(wanted):
                yield mine, theirs


def _pairs(child: Policy, parent: Policy) -> Iterator[tuple[Clause, Clause]]:
    """Clauses that the child changed, each with the parent's of that id or those words."""
    for mine in child.clauses:
        same = parent.clause(mine.id) or next((one for one in parent.clauses if _same(mine, one)), None)
        if same is not None and same != mine:
            yield mine, same


def _same(one: Clause, other: Clause) -> bool:
    return likeness(_rule(one), _rule(other)) >= SAME


def _rule(clause: Clause) -> frozenset[str]:
    """The words of the rule itself: without its id, its test and its ladder."""
    text = clause.text.split("\nTest:")[0].split("\nEnds:")[0]
    return meaning(text.partition(" ")[2])


def _flips(draft: Draft) -> Iterator[Found]:
    if draft.parent is None:
        return
    for mine, theirs in flipped(draft.policy, draft.parent):
        side, other = ("violates", "safe") if mine.violates else ("safe", "violates")
        yield Found(
            draft.page.clause(mine.id),
            f"{mine.id} is {side}, and {theirs.id} of `{draft.parent.id}` says {other}",
            "Keep the parent's side; narrow it by an exemption with an end, or give up the parent",
        )


def _weakens(draft: Draft) -> Iterator[Found]:
    if draft.parent is None:
        return
    for mine, theirs, at in weakened(draft.policy, draft.parent):
        yield Found(
            draft.page.clause(mine.id),
            f"{mine.id} at severity {at} is `{mine.action_at(at)}`, weaker than `{theirs.action_at(at)}`"
            f" of {theirs.id} in `{draft.parent.id}`",
            "Take the parent's action, or silence this with who decided it and why",
        )


def _swallows(draft: Draft) -> Iterator[Found]:
    if draft.parent is None:
        return
    for mine, theirs in swallowed(draft.policy, draft.parent):
        yield Found(
            draft.page.clause(mine.id),
            f"{mine.id} makes safe what {theirs.id} of `{draft.parent.id}` forbids",
            "Say where the exemption ends before it covers the whole clause",
        )


PARENT_FLIPPED = Rule(
    "parent-flipped",
    Level.ERROR,
    "A market that calls safe what the global policy forbids, or the other way round, is a contradiction"
    " that nobody"
    " sees in the rendered whole.",
    "Keep the parent's side and narrow it by an exemption with an end.",
    _flips,
)
PARENT_WEAKENED = Rule(
    "parent-weakened",
    Level.WARNING,
    "A weaker action than the parent's for the same clause is a decision that somebody must own.",
    "Take the parent's action, or silence this with who decided it and why.",
    _weakens,
)
PARENT_SWALLOWED = Rule(
    "parent-swallowed",
    Level.WARNING,
    "A SAFE clause wins until its end is reached: one that covers a whole clause of the parent switches it"
    " off.",
    "Say where the exemption ends before it covers the clause.",
    _swallows,
)
