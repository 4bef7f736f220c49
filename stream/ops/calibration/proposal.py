"""What a set should say of one policy after a calibration; a person reviews and promotes it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from stream.core.policy import Autonomy, Policy
from stream.core.policy.calibration import Calibration
from stream.core.policy.policy_set import PolicySet
from stream.ops.calibration.claim import Claim, Direction, Goal, claim
from stream.ops.calibration.row import Row


class Aim(Struct, frozen=True):
    """What is to be certified, over all policies and attempts together.

    Attributes:
        precision: of removals, at least.
        misses: of all violations, the share released, at most.
        confidence: that no bound of this calibration, or of any other attempt at it, is wrong.
    """

    precision: float = 0.95
    misses: float = 0.02
    confidence: float = 0.95

    def goals(self, policies: int, attempt: int) -> tuple[Goal, Goal]:
        """Both goals of one policy; what may go wrong is shared out evenly over policies and goals.

        The nth attempt gets 1/(n(n+1)) of it, so that all that will ever be get no more than the whole.
        """
        alpha = (1 - self.confidence) / (2 * policies * attempt * (attempt + 1))
        return (
            Goal(Direction.REMOVE, round(1 - self.precision, 9), alpha),
            Goal(Direction.RELEASE, self.misses, alpha),
        )


class Proposal(Struct, frozen=True, kw_only=True):
    """What was found of one policy, and what follows.

    Attributes:
        autonomy: what the model should be granted; as it was, where nothing is certified.
        calibration: what that rests on; None where nothing is certified.
        rows: all of them.
        judged: its answers in the window.
    """

    policy: str
    before: Autonomy
    autonomy: Autonomy
    claims: tuple[Claim, ...]
    attempt: int
    calibration: Calibration | None = None
    rows: tuple[Row, ...] = ()
    judged: int = 0


def proposals(
    rows: Iterable[Row],
    judged: Counter[str],
    policy_set: PolicySet,
    policies: Sequence[str],
    aim: Aim,
    who: tuple[str, str],
    attempt: int | None = None,
) -> list[Proposal]:
    """Calibrate each of these policies.

    Args:
        rows: of all of them.
        judged: how many answers there were in the window, by policy.
        policy_set: texts, and what is granted now.
        policies: their ids, none restricted.
        aim: what is to be certified.
        who: who calibrates, and the day, as a `Calibration` has them.
        attempt: which one this is; by default one more than the set's calibration of the same text says.
    """
    by_policy: dict[str, list[Row]] = {name: [] for name in policies}
    for row in rows:
        if row.policy in by_policy:
            by_policy[row.policy].append(row)
    found = []
    for name in policies:
        number = attempt or attempts(policy_set, name) + 1
        goals = aim.goals(len(policies), number)
        claims = tuple(claim(by_policy[name], goal) for goal in goals)
        proposal = _proposal(policy_set, policy_set.policies[name], claims, who, number)
        found.append(_with(proposal, by_policy[name], judged[name]))
    return found


def attempts(policy_set: PolicySet, name: str) -> int:
    """How many attempts at this text of a policy the set knows of."""
    known = policy_set.calibrations.get(name)
    return known.attempt if known is not None and known.policy == policy_set.policies[name].digest else 0


def _proposal(
    policy_set: PolicySet, policy: Policy, claims: tuple[Claim, ...], who: tuple[str, str], attempt: int
) -> Proposal:
    """What is certified now goes before what the set has of the same text; of another nothing is kept."""
    before = policy_set.autonomy[policy.id]
    remove, release = (one.evidence for one in claims)
    if remove is None and release is None:
        return Proposal(policy=policy.id, before=before, autonomy=before, claims=claims, attempt=attempt)
    known = policy_set.calibrations.get(policy.id)
    if known is not None and known.policy == policy.digest:
        remove, release = remove or known.remove, release or known.release
    by, at = who
    calibration = Calibration(
        policy=policy.digest, by=by, at=at, attempt=attempt, remove=remove, release=release
    )
    return Proposal(
        policy=policy.id,
        before=before,
        autonomy=_earned(policy_set, policy, calibration),
        claims=claims,
        calibration=calibration,
        attempt=attempt,
    )


def _earned(policy_set: PolicySet, policy: Policy, calibration: Calibration) -> Autonomy:
    """`remove` where that is certified and the policy allows it; what people granted unmeasured stays."""
    before = policy_set.autonomy[policy.id]
    if calibration.remove is not None:
        return min(Autonomy.REMOVE, policy.autonomy, key=lambda one: one.rank)
    if policy.id in policy_set.uncalibrated:
        return before
    return min(Autonomy.RECOMMEND, before, key=lambda one: one.rank)


def _with(proposal: Proposal, rows: Sequence[Row], judged: int) -> Proposal:
    return replace(proposal, rows=tuple(rows), judged=judged)
