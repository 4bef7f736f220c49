"""One policy's word in the fold: how heavy its judgement is under its autonomy (see `actions`). Pure."""

from enum import IntEnum
from typing import NamedTuple

from stream.core.cascade import UNHEARD
from stream.core.judgement import Judgement
from stream.core.policy import Action, Autonomy, Clause, Policy, PolicyResult
from stream.core.policy.calibration import Basis, Calibration, Lapse
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Label, LabelKind
from stream.core.topics import DAY


class Weight(IntEnum):
    """How far one judgement pulls the proposal; the heaviest wins."""

    RELEASE = 0
    LABEL = 1
    ASK = 2
    REMOVE = 3
    PEOPLE = 4


class Word(NamedTuple):
    """One counting policy's word: its weight, what it would do if it might, and what that rests on.

    `lapse`: why it only recommends, though it was once measured and granted more. `doubt`: its answer is
    below the threshold that was measured.
    """

    weight: Weight
    wish: Weight
    labels: tuple[Label, ...] = ()
    clauses: tuple[str, ...] = ()
    why: str = ""
    urgent: bool = False
    restricted: bool = False
    lapse: Lapse | None = None
    doubt: bool = False

    @property
    def is_firm(self) -> bool:
        """Whether nothing but a missing grant keeps it from doing what it would."""
        return self.wish is not Weight.PEOPLE and self.lapse is None and not self.doubt


_ALARMING = (PolicyResult.VIOLATES, PolicyResult.NEEDS_CONTEXT, PolicyResult.FAILED)
_ALONE = {
    Weight.LABEL: frozenset({Autonomy.FULL}),
    Weight.REMOVE: frozenset({Autonomy.REMOVE, Autonomy.FULL}),
}


def word_of(
    name: str, judgement: Judgement | None, policy_set: PolicySet, now: int, basis: Basis | None = None
) -> Word:
    """Weigh one policy's judgement.

    Args:
        name: the policy's id.
        judgement: what it came to; None where nothing came back.
        policy_set: its clauses and autonomy.
        now: when labels begin (ms).
        basis: what it was given under; without it no calibration holds.
    """
    policy = policy_set.policies.get(name)
    if judgement is None or policy is None:
        why = f"{name}: no answer"
        return Word(
            Weight.PEOPLE, Weight.PEOPLE, why=why, restricted=policy is not None and policy.restricted
        )
    word = _plain_word(judgement, policy, policy_set.autonomy[name], now)
    if (calibration := policy_set.calibrations.get(name)) is not None:
        word = _measured(word, judgement, calibration, basis)
    restricted = restricts(judgement, policy)
    urgent = is_alarm(judgement, policy)
    if not restricted and not urgent:
        return word
    return word._replace(weight=Weight.PEOPLE, urgent=urgent, restricted=restricted)


def restricts(judgement: Judgement, policy: Policy) -> bool:
    """Whether an answer under a restricted policy was heard, and is not safe."""
    heard = UNHEARD.isdisjoint(judgement.failures)
    return policy.restricted and heard and judgement.result is not PolicyResult.SAFE


def is_alarm(judgement: Judgement, policy: Policy) -> bool:
    """Whether an answer, even one in doubt or that may not be trusted, names a clause that is urgent."""
    return judgement.result in _ALARMING and any(clause.urgent for clause in _broken(judgement, policy))


def _measured(word: Word, judgement: Judgement, calibration: Calibration, basis: Basis | None) -> Word:
    """What is left of a word that acts alone, where it was measured: it acts, or asks.

    A removal acts only on the basis that was calibrated. A threshold counts on any: a release needs no
    calibration, so without the threshold a changed model would release more than the calibrated one.
    """
    if word.weight is Weight.REMOVE and (removals := calibration.remove) is not None:
        if (lapse := calibration.lapse(removals, basis)) is not None:
            why = f"{word.why}; only recommended: not calibrated for this {_LAPSES[lapse]}"
            return word._replace(weight=Weight.ASK, why=why, lapse=lapse)
        if removals.doubts(judgement.confidence):
            return word._replace(weight=Weight.ASK, why=f"{word.why}; {removals.threshold}", doubt=True)
    releases = calibration.release
    if word.weight is Weight.RELEASE and releases is not None and releases.doubts(judgement.confidence):
        why = f"{judgement.policy}: safe; {releases.threshold}"
        return word._replace(weight=Weight.ASK, why=why, doubt=True)
    return word


_LAPSES = {
    Lapse.POLICY: "policy's text",
    Lapse.TEMPLATE: "template",
    Lapse.MODEL: "model",
    Lapse.EFFORT: "effort",
    Lapse.UNKNOWN: "answer, of which nobody says what gave it",
}


def _plain_word(judgement: Judgement, policy: Policy, autonomy: Autonomy, now: int) -> Word:
    match judgement.result:
        case PolicyResult.SAFE:
            return Word(Weight.RELEASE, Weight.RELEASE)
        case PolicyResult.VIOLATES:
            return _violation(judgement, policy, autonomy, now)
        case PolicyResult.NEEDS_CONTEXT:
            doubted = ", ".join(sorted(_cited(judgement)))
            return Word(Weight.ASK, Weight.PEOPLE, why=f"{policy.id}: needs context {doubted}".rstrip())
        case PolicyResult.FAILED:
            return Word(Weight.PEOPLE, Weight.PEOPLE, why=f"{policy.id}: {', '.join(judgement.failures)}")


def _violation(judgement: Judgement, policy: Policy, autonomy: Autonomy, now: int) -> Word:
    """Weigh every broken clause's action at the answer's severity; the heaviest is the policy's wish."""
    broken = _broken(judgement, policy)
    actions = {clause.id: clause.action_at(judgement.severity) for clause in broken}
    wish = max((_weight(action) for action in actions.values()), default=Weight.PEOPLE)
    alone = wish is Weight.PEOPLE or autonomy in _ALONE[wish]
    return Word(
        weight=wish if alone else Weight.ASK,
        wish=wish,
        labels=tuple(
            _label(policy, clause, actions[clause.id], now)
            for clause in broken
            if _weight(actions[clause.id]) is Weight.LABEL
        ),
        clauses=tuple(policy.reference(clause_id) for clause_id in actions),
        why=f"{policy.id}: {', '.join(actions)} severity {judgement.severity}",
    )


def _label(policy: Policy, clause: Clause, action: Action, now: int) -> Label:
    return Label(
        kind=LabelKind(action.value),
        clause=policy.reference(clause.id),
        regions=clause.reason.territory if clause.reason is not None else (),
        expires_at=now + clause.label_days * DAY if clause.label_days is not None else None,
    )


def _broken(judgement: Judgement, policy: Policy) -> list[Clause]:
    """The cited clauses of VIOLATES, in the policy's order; of needs_context, those in doubt."""
    cited = _cited(judgement)
    return [clause for clause in policy.clauses if clause.violates and clause.id in cited]


def _cited(judgement: Judgement) -> set[str]:
    return {finding.clause for finding in judgement.findings}


def _weight(action: Action) -> Weight:
    if action is Action.REVIEW:
        return Weight.PEOPLE
    return Weight.REMOVE if action is Action.REMOVE else Weight.LABEL
