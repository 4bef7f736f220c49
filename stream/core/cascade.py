"""The cascade: how a case's policies are put into prompts, and what is asked again, harder. Pure.

    the answer before                  | asked again
    -----------------------------------+---------------------------------------------------
    at high effort, whatever it says   | never
    violates, needs_context, failed    | at high effort, alone: `raised`
    safe, and drawn for the audit      | at high effort, alone: `audited`
    unanswerable alone                 | never: more effort makes no question shorter
    never asked                        | never

The last answer under a policy is the one that counts. So each policy is asked twice at most.
"""

from collections.abc import Container, Iterable, Sequence
from enum import StrEnum

from stream.core.judgement import Judgement
from stream.core.policy import Policy, PolicyResult
from stream.core.policy.policy_set import Prompting
from stream.core.terms import Effort

UNANSWERABLE = "unanswerable"
"""The failure of a question that the engine can never answer."""
POLICY_MISSING = "policy_missing"
"""The failure of a policy that the set in force does not have."""
NOT_LOCAL = "engine_not_local"
"""The failure of a policy that only a local model may judge, where the engine is none."""
UNHEARD = frozenset({UNANSWERABLE, NOT_LOCAL})
"""Failures that say nothing of the content: no model has answered about it."""
_LONGEST_NAME = 128


class Why(StrEnum):
    """Why a question was put.

    `first`; `raised`, as the answer before restricts, is unsure or failed; `audited`, as a release was drawn
    to be judged again; `repeated`, to see how far the model agrees with itself.
    """

    FIRST = "first"
    RAISED = "raised"
    AUDITED = "audited"
    REPEATED = "repeated"


def prompts(
    policies: Iterable[Policy], prompting: Prompting, shadow: Container[str] = ()
) -> list[tuple[Policy, ...]]:
    """Which policies share a prompt: in the order of their ids; restricted, high-impact or shadow ones alone.

    A policy in `shadow` never counts, so it must not be read beside one that does either.
    """
    ordered = sorted(policies, key=lambda policy: policy.id)
    together: list[Policy] = []
    alone: list[Policy] = []
    for policy in ordered:
        apart = policy.restricted or policy.high_impact or policy.id in shadow
        apart = apart or prompting is Prompting.SINGLE
        (alone if apart else together).append(policy)
    return [group for group in (tuple(together), *((policy,) for policy in alone)) if group]


def first_effort(asked: Iterable[Policy], case: Effort) -> Effort:
    """What a prompt is asked at first: a policy of high impact at high effort, others at their case's."""
    return Effort.HIGH if any(policy.high_impact for policy in asked) else case


def asked_again(judgement: Judgement, asked: Sequence[Policy], effort: Effort, drawn: bool) -> Why | None:
    """Why a policy is to be asked again at high effort; None where it is not.

    Args:
        judgement: what the first answer came to.
        asked: the policies that shared its prompt.
        effort: what it was asked at.
        drawn: whether the case is in the audited share under this policy.
    """
    if effort is Effort.HIGH:
        return None
    if judgement.result is PolicyResult.SAFE:
        return Why.AUDITED if drawn else None
    return None if UNANSWERABLE in judgement.failures and len(asked) == 1 else Why.RAISED


def joined(models: Iterable[str]) -> str:
    """One name for the models that answered, each once and sorted, cut to the length that a name may have."""
    return "--".join(sorted(set(models)))[:_LONGEST_NAME]
