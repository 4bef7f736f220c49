"""The fold: what all routed policies say about one version → one proposal. Pure, in any order the same.

Each judgement, under its policy's autonomy, has one weight; the heaviest wins:

    judgement                       | shadow | recommend | remove  | full
    --------------------------------+--------+-----------+---------+--------
    safe                            |   -    | release   | release | release
    violates → a label              |   -    | ask       | ask     | label
    violates → remove               |   -    | ask       | remove  | remove
    violates → review               |   -    | people    | people  | people
    needs_context                   |   -    | ask       | ask     | ask
    failed, or missing              |   -    | people    | people  | people
    an urgent clause is cited       |   -    | people    | people  | people
    restricted, and not safe        |   -    | people    | people  | people

    release < label < ask < remove < people

`release` and `label` release, `remove` removes, `ask` and `people` propose a review. `ask` is a doubt that
another policy's certain removal settles; `people` is one that nothing settles: a machine that failed, a
clause that its author reserved for people, a life that may be in danger (cited by what violates or needs
context: a person looks even where the model is unsure), or what a restricted policy does not call safe. Where
every routed policy is in shadow (or none is routed) nothing was decided, and people are asked.

A review carries a recommendation where there is one: remove, if any counting policy would remove; else
release with the labels, if all that counts is safe or labelled; else none.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from msgspec import Struct

from stream.core.judgement import Judgement
from stream.core.outcome import Proposal
from stream.core.policy import Action, Autonomy, Clause, Policy, PolicyResult
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Decision, Label, LabelKind
from stream.core.topics import DAY


class Weight(IntEnum):
    """How far one judgement pulls the proposal; the heaviest wins."""

    RELEASE = 0
    LABEL = 1
    ASK = 2
    REMOVE = 3
    PEOPLE = 4


class Ruling(Struct, frozen=True):
    """What the judge proposes for one version. `clauses` are references such as `harassment/hr1.a`, sorted.

    `labels` belong to the release that is proposed or recommended; otherwise there are none. `urgent`: a life
    may be in danger. `restricted`: few people may see it, as far as a machine can tell. Both mean a review.
    """

    proposal: Proposal
    recommendation: Decision | None = None
    labels: tuple[Label, ...] = ()
    clauses: tuple[str, ...] = ()
    reason: str = ""
    urgent: bool = False
    restricted: bool = False


class _Word(NamedTuple):
    """One counting policy's word: its weight, what it would do if it might, and what that rests on."""

    weight: Weight
    wish: Weight
    labels: tuple[Label, ...] = ()
    clauses: tuple[str, ...] = ()
    why: str = ""
    urgent: bool = False
    restricted: bool = False


_PROPOSALS = {
    Weight.RELEASE: Proposal.RELEASE,
    Weight.LABEL: Proposal.RELEASE,
    Weight.ASK: Proposal.REVIEW,
    Weight.REMOVE: Proposal.REMOVE,
    Weight.PEOPLE: Proposal.REVIEW,
}
_ALARMING = (PolicyResult.VIOLATES, PolicyResult.NEEDS_CONTEXT)
_ALONE = {
    Weight.LABEL: frozenset({Autonomy.FULL}),
    Weight.REMOVE: frozenset({Autonomy.REMOVE, Autonomy.FULL}),
}


def fold(policies: Sequence[str], judgements: Iterable[Judgement], policy_set: PolicySet, now: int) -> Ruling:
    """Fold the judgements of one version into one proposal.

    Args:
        policies: the ids of all policies that the case was routed to.
        judgements: what came back, at most one a policy; those of policies not in `policies` are ignored.
        policy_set: the set that routed it: its policies' clauses and autonomy.
        now: when labels begin (ms).

    Returns:
        the proposal by the table in this module's docstring.
    """
    by_policy = {judgement.policy: judgement for judgement in judgements}
    words = [
        _word(name, by_policy.get(name), policy_set, now)
        for name in sorted(set(policies))
        if policy_set.autonomy.get(name) is not Autonomy.SHADOW
    ]
    if not words:
        return Ruling(Proposal.REVIEW, reason="no policy that counts")
    heaviest = max(word.weight for word in words)
    proposal = _PROPOSALS[heaviest]
    recommendation = _recommendation(words) if proposal is Proposal.REVIEW else None
    releases = proposal is Proposal.RELEASE or recommendation is Decision.RELEASE
    return Ruling(
        proposal=proposal,
        recommendation=recommendation,
        labels=tuple(label for word in words for label in word.labels) if releases else (),
        clauses=tuple(sorted({clause for word in words for clause in word.clauses})),
        reason="; ".join(word.why for word in words if word.weight is heaviest and word.why),
        urgent=any(word.urgent for word in words),
        restricted=any(word.restricted for word in words),
    )


def is_restricted(policies: Sequence[str], judgements: Iterable[Judgement], policy_set: PolicySet) -> bool:
    """Whether a restricted policy among these, in shadow too, has no answer or one that is not safe.

    Args:
        policies: the ids of all policies that the case was routed to.
        judgements: all that came back, also such as a later one took the place of.
        policy_set: the set that routed it.
    """
    wanted = {name for name in policies if _restricts(policy_set.policies.get(name))}
    found = [judgement for judgement in judgements if judgement.policy in wanted]
    unsafe = any(judgement.result is not PolicyResult.SAFE for judgement in found)
    return unsafe or wanted != {judgement.policy for judgement in found}


def _restricts(policy: Policy | None) -> bool:
    return policy is not None and policy.restricted


def _word(name: str, judgement: Judgement | None, policy_set: PolicySet, now: int) -> _Word:
    policy = policy_set.policies.get(name)
    if judgement is None or policy is None:
        why = f"{name}: no answer"
        return _Word(Weight.PEOPLE, Weight.PEOPLE, why=why, restricted=_restricts(policy))
    word = _plain_word(judgement, policy, policy_set.autonomy[name], now)
    restricted = policy.restricted and judgement.result is not PolicyResult.SAFE
    urgent = judgement.result in _ALARMING and any(clause.urgent for clause in _broken(judgement, policy))
    if not restricted and not urgent:
        return word
    return word._replace(weight=Weight.PEOPLE, urgent=urgent, restricted=restricted)


def _plain_word(judgement: Judgement, policy: Policy, autonomy: Autonomy, now: int) -> _Word:
    match judgement.result:
        case PolicyResult.SAFE:
            return _Word(Weight.RELEASE, Weight.RELEASE)
        case PolicyResult.VIOLATES:
            return _violation(judgement, policy, autonomy, now)
        case PolicyResult.NEEDS_CONTEXT:
            doubted = ", ".join(sorted(_cited(judgement)))
            return _Word(Weight.ASK, Weight.PEOPLE, why=f"{policy.id}: needs context {doubted}".rstrip())
        case PolicyResult.FAILED:
            return _Word(Weight.PEOPLE, Weight.PEOPLE, why=f"{policy.id}: {', '.join(judgement.failures)}")


def _violation(judgement: Judgement, policy: Policy, autonomy: Autonomy, now: int) -> _Word:
    """Weigh every broken clause's action at the answer's severity; the heaviest is the policy's wish."""
    broken = _broken(judgement, policy)
    actions = {clause.id: clause.action_at(judgement.severity) for clause in broken}
    wish = max((_weight(action) for action in actions.values()), default=Weight.PEOPLE)
    alone = wish is Weight.PEOPLE or autonomy in _ALONE[wish]
    return _Word(
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


def _recommendation(words: Sequence[_Word]) -> Decision | None:
    wishes = {word.wish for word in words}
    if Weight.REMOVE in wishes:
        return Decision.REMOVE
    return Decision.RELEASE if wishes <= {Weight.RELEASE, Weight.LABEL} else None
