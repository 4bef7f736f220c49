"""What all rules together say of one post: the strongest of each kind, whatever their order."""

from collections.abc import Iterable

from msgspec import Struct

from stream.core.policy.policy_set import Lane
from stream.core.rules.rule import Rule
from stream.core.terms import Effort

_MAX_SAID = 3
_RANKS = {lane: rank for rank, lane in enumerate(Lane)}


class RuleOutcome(Struct, frozen=True):
    """The fold of every rule that hits.

    Attributes:
        rules: their names, in order.
        people: whether people decide, at once.
        urgent: whether one of them escalates.
        policies: what is asked beside the route's own policies, in order.
        lane: the least lane; None leaves it to the route.
        effort: the least effort; None leaves it to the route.
        reason: which rules and whose, for people; nothing of the post.
    """

    rules: tuple[str, ...] = ()
    people: bool = False
    urgent: bool = False
    policies: tuple[str, ...] = ()
    lane: Lane | None = None
    effort: Effort | None = None
    reason: str = ""


NOTHING = RuleOutcome()
"""No rule hits."""


def fold(hits: Iterable[Rule]) -> RuleOutcome:
    """What these rules say together."""
    rules = sorted(hits, key=lambda rule: rule.name)
    if not rules:
        return NOTHING
    lanes = [rule.then.route.lane for rule in rules if rule.then.route.lane is not None]
    efforts = [rule.then.effort for rule in rules if rule.then.effort is not None]
    urgent = any(rule.then.escalate for rule in rules)
    return RuleOutcome(
        rules=tuple(rule.name for rule in rules),
        people=urgent or any(rule.then.hold for rule in rules),
        urgent=urgent,
        policies=tuple(sorted({policy for rule in rules for policy in rule.then.route.policies})),
        lane=max(lanes, key=_RANKS.__getitem__, default=None),
        effort=max(efforts, key=lambda effort: effort.rank, default=None),
        reason=_reason([rule for rule in rules if rule.then.hold or rule.then.escalate]),
    )


def stronger(one: Lane, other: Lane | None) -> Lane:
    """The lane of two in which a case waits less."""
    return one if other is None or _RANKS[one] >= _RANKS[other] else other


def _reason(rules: list[Rule]) -> str:
    """The label of the metric stands before the colon, and is one for all rules."""
    if not rules:
        return ""
    said = [f"{rule.name} (owner {rule.owner})" for rule in rules[:_MAX_SAID]]
    more = f" and {len(rules) - _MAX_SAID} more" if len(rules) > _MAX_SAID else ""
    return f"an operator's rule: {', '.join(said)}{more}"
