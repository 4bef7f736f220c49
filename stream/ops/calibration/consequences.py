"""What a promotion does to what was earned: which grants end, why, and what that costs people. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from stream.core.canary import is_canary
from stream.core.errors import Unreadable
from stream.core.policy import Autonomy
from stream.core.policy.calibration import Calibration, Evidence, Lapse
from stream.core.policy.policy_set import PolicySet
from stream.core.template import template_digest
from stream.core.terms import DecidedBy, Decision
from stream.core.verdict import CaseClosed
from stream.core.wire import read_audit
from stream.ports import Record

DAY = 86_400_000
Rates = Mapping[str, float]
"""How many removals a day a model made alone, by policy."""

_WHY = {
    Lapse.POLICY: "its text changed",
    Lapse.TEMPLATE: "this release asks in other words",
    Lapse.MODEL: "another model answers",
    Lapse.EFFORT: "it is asked at another effort",
}


def lapses(policy_set: PolicySet) -> dict[str, Lapse]:
    """The policies whose calibrated grant will not hold under this set, as far as the set tells.

    Which model really answers is known only by the judge, where the set names none: it looks at every answer.
    """
    found = {name: _lapse(policy_set, name, one) for name, one in policy_set.calibrations.items()}
    return {name: lapse for name, lapse in found.items() if lapse is not None and _grants(policy_set, name)}


class AutonomyConsequences:
    """Says what a promotion takes from what policies have earned. See `ports.RestsOnSet`.

    Args:
        removals: how many a day each policy made alone lately; None where nobody can say. Asked only where a
            grant ends.
    """

    def __init__(self, removals: Callable[[], Rates | None]) -> None:
        self._removals = removals

    def __call__(self, before: PolicySet | None, after: PolicySet) -> Iterator[str]:
        """A sentence for each grant that ends, or that nothing was measured for."""
        ended = lapses(after)
        held = _effective(before) if before is not None else {}
        now = _effective(after)
        rates = self._removals() if any(_loses(held, now, name) for name in now) else {}
        for name in sorted(after.policies):
            if _loses(held, now, name):
                why = _WHY[ended[name]] if name in ended else "the set grants less"
                yield f"{name} falls from `{held[name]}` to `{now[name]}`: {why}. {_cost(rates, name)}"
            elif name in ended:
                yield f"{name} only recommends, whatever the set grants: {_WHY[ended[name]]}."
            elif name in after.uncalibrated and now[name].rank > Autonomy.RECOMMEND.rank:
                why = after.uncalibrated[name]
                yield f"{name} is granted `{now[name]}`, and nobody has measured it: {why}."
            elif before is not None and (changed := _loosened(before, after, name)):
                yield changed


def removals_a_day(records: Iterable[Record], begin: int, end: int) -> Rates:
    """How often a model's own removal was the decision, by the policies whose clauses it cites.

    Args:
        records: of `audit`, at least those of the window.
        begin: the window, in ms; `end` is outside it.
        end: see `begin`.
    """
    counts = Counter[str]()
    for record in records:
        try:
            event = read_audit(record.value)
        except Unreadable:
            continue
        if not isinstance(event, CaseClosed) or not begin <= event.at < end or is_canary(event.id):
            continue
        if event.decision is Decision.REMOVE and event.decided_by is DecidedBy.MODEL and event.published:
            counts.update({clause.rpartition("/")[0] for clause in event.clauses})
    return {name: number * DAY / (end - begin) for name, number in counts.items()}


def _effective(policy_set: PolicySet) -> dict[str, Autonomy]:
    """What each policy is really granted: where its calibration has lapsed, `recommend`."""
    ended = lapses(policy_set)
    return {
        name: Autonomy.RECOMMEND if name in ended else granted
        for name, granted in policy_set.autonomy.items()
    }


def _loses(held: Mapping[str, Autonomy], now: Mapping[str, Autonomy], name: str) -> bool:
    return name in held and name in now and now[name].rank < held[name].rank


def _cost(rates: Rates | None, name: str) -> str:
    if rates is None:
        return "How many cases more people get a day, nobody could say: the audit was not readable."
    return f"People get about {rates.get(name, 0.0):,.0f} cases more a day."


def _lapse(policy_set: PolicySet, name: str, calibration: Calibration) -> Lapse | None:
    policy = policy_set.policies[name]
    removals = calibration.remove
    if calibration.policy != policy.digest:
        return Lapse.POLICY
    if removals is None:
        return None
    if removals.template != template_digest((policy,)):
        return Lapse.TEMPLATE
    return Lapse.MODEL if _other_model(policy_set, removals) else None


def _other_model(policy_set: PolicySet, evidence: Evidence) -> bool:
    return policy_set.models.get(evidence.effort) not in (None, evidence.model)


def _grants(policy_set: PolicySet, name: str) -> bool:
    calibration = policy_set.calibrations[name]
    return calibration.remove is not None and policy_set.autonomy[name].rank > Autonomy.RECOMMEND.rank


def _loosened(before: PolicySet, after: PolicySet, name: str) -> str:
    """That a bound on releases is gone, or is about another text; empty where it stands or never was."""
    old, new = before.calibrations.get(name), after.calibrations.get(name)
    if old is None or old.release is None:
        return ""
    stands = new is not None and new.release is not None and new.policy == after.policies[name].digest
    return "" if stands else f"{name}: how many violations are released is no longer certified."
