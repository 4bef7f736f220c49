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

    where the grant rests on a calibration (`policy.calibration`), what would act alone asks instead:

    violates → remove, on another text, model, effort or template than was calibrated, or in doubt | ask
    safe, in doubt                                                                                 | ask

    release < label < ask < remove < people

In doubt is an answer whose signal is below the calibration's threshold, or missing.

`release` and `label` release, `remove` removes, `ask` and `people` propose a review. `ask` is a doubt that
another policy's certain removal settles; `people` is one that nothing settles: a machine that failed, a
clause that its author reserved for people, a life that may be in danger (cited by what violates or needs
context: a person looks even where the model is unsure), or what a restricted policy does not call safe. Where
every routed policy is in shadow (or none is routed) nothing was decided, and people are asked.

A review carries a recommendation where there is one: remove, if any counting policy would remove; else
release with the labels, if all that counts is safe or labelled; else none.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from stream.core.judgement import Judgement
from stream.core.outcome import Proposal
from stream.core.policy import Autonomy
from stream.core.policy.calibration import Basis, Lapse
from stream.core.policy.policy_set import PolicySet
from stream.core.terms import Decision, Label
from stream.core.weighing import Weight, Word, is_alarm, restricts, word_of


class Ruling(Struct, frozen=True):
    """What the judge proposes for one version. `clauses` are references such as `harassment/hr1.a`, sorted.

    `labels` belong to the release that is proposed or recommended; otherwise there are none. `urgent`: a life
    may be in danger. `restricted`: few people may see it, as far as a machine can tell. Both mean a review.
    `lapsed`: policies that would have acted alone, and what has changed since they were calibrated.
    `removable`: of a review: nothing but a grant kept it from being a removal.
    """

    proposal: Proposal
    recommendation: Decision | None = None
    labels: tuple[Label, ...] = ()
    clauses: tuple[str, ...] = ()
    reason: str = ""
    urgent: bool = False
    restricted: bool = False
    lapsed: dict[str, Lapse] = {}
    removable: bool = False


_PROPOSALS = {
    Weight.RELEASE: Proposal.RELEASE,
    Weight.LABEL: Proposal.RELEASE,
    Weight.ASK: Proposal.REVIEW,
    Weight.REMOVE: Proposal.REMOVE,
    Weight.PEOPLE: Proposal.REVIEW,
}
_NO_BASES: Mapping[str, Basis] = {}


def fold(
    policies: Sequence[str],
    judgements: Iterable[Judgement],
    policy_set: PolicySet,
    now: int,
    bases: Mapping[str, Basis] = _NO_BASES,
) -> Ruling:
    """Fold the judgements of one version into one proposal.

    Args:
        policies: the ids of all policies that the case was routed to.
        judgements: what came back, at most one a policy; those of policies not in `policies` are ignored.
        policy_set: the set that routed it: its policies' clauses and autonomy.
        now: when labels begin (ms).
        bases: what each judgement was given under, by policy; where it is not said no calibration holds.

    Returns:
        the proposal by the table in this module's docstring.
    """
    words = _words(policies, judgements, policy_set, now, bases)
    if not words:
        return Ruling(Proposal.REVIEW, reason="no policy that counts")
    return _ruling(words)


def is_restricted(policies: Sequence[str], judgements: Iterable[Judgement], policy_set: PolicySet) -> bool:
    """Whether a restricted policy among these, in shadow too, has no answer or one that is not safe.

    Where no model answered, nothing is held against the content.

    Args:
        policies: the ids of all policies that the case was routed to.
        judgements: all that came back, also such as a later one took the place of.
        policy_set: the set that routed it.
    """
    known = policy_set.policies
    wanted = {name for name in policies if name in known and known[name].restricted}
    found = [judgement for judgement in judgements if judgement.policy in wanted]
    unsafe = any(restricts(judgement, known[judgement.policy]) for judgement in found)
    return unsafe or wanted != {judgement.policy for judgement in found}


def is_urgent(policies: Sequence[str], judgements: Iterable[Judgement], policy_set: PolicySet) -> bool:
    """Whether any answer under a counting policy, also one that a later one took the place of, is an alarm.

    Args:
        policies: the ids of all policies that the case was routed to.
        judgements: all that came back.
        policy_set: the set that routed it.
    """
    return any(
        is_alarm(judgement, policy_set.policies[judgement.policy])
        for judgement in judgements
        if judgement.policy in policies
        and judgement.policy in policy_set.policies
        and policy_set.autonomy.get(judgement.policy) is not Autonomy.SHADOW
    )


def _words(
    policies: Sequence[str],
    judgements: Iterable[Judgement],
    policy_set: PolicySet,
    now: int,
    bases: Mapping[str, Basis],
) -> dict[str, Word]:
    """What each policy that counts has to say, by its id, in their order."""
    by_policy = {judgement.policy: judgement for judgement in judgements}
    return {
        name: word_of(name, by_policy.get(name), policy_set, now, bases.get(name))
        for name in sorted(set(policies))
        if policy_set.autonomy.get(name) is not Autonomy.SHADOW
    }


def _ruling(by_policy: Mapping[str, Word]) -> Ruling:
    """The heaviest word wins; the others add what they cite."""
    words = list(by_policy.values())
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
        lapsed={name: word.lapse for name, word in by_policy.items() if word.lapse is not None},
        removable=recommendation is Decision.REMOVE and _is_firm(words),
    )


def _is_firm(words: Sequence[Word]) -> bool:
    return all(word.is_firm and word.weight is not Weight.PEOPLE for word in words)


def _recommendation(words: Sequence[Word]) -> Decision | None:
    wishes = {word.wish for word in words}
    if Weight.REMOVE in wishes:
        return Decision.REMOVE
    return Decision.RELEASE if wishes <= {Weight.RELEASE, Weight.LABEL} else None
