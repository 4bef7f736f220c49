"""The labelled texts that a policy has from its parent: golden cases and exemplars. Pure."""

from collections.abc import Sequence

from stream.core.errors import PolicyInvalid
from stream.core.policy.examples import citation_fault
from stream.core.policy.golden import GoldenCase
from stream.core.policy.policy import Example, Policy, PolicyResult


def golden_with_inherited(
    own: Sequence[GoldenCase], theirs: Sequence[GoldenCase], policy: Policy, file: str
) -> tuple[GoldenCase, ...]:
    """A policy's golden cases, then its parent's.

    One of the parent's is left out where the policy has one of the same id, where it cites a clause that the
    policy takes out, and wherever the policy is restricted.

    Raises:
        PolicyInvalid: one of the parent's no longer fits its clause, which the policy has rewritten.
    """
    ids = {case.id for case in own}
    kept = [case for case in theirs if case.id not in ids and _stands(policy, case.clause, *case.near)]
    for case in kept:
        if fault := _misfit(policy, PolicyResult(case.result), case.clause, case.severity):
            what = f"golden case `{case.id}` of {policy.extends[0]}: {fault}"
            raise PolicyInvalid(file, 1, what, f"Write a case `{case.id}` here: it takes the parent's place")
    return (*own, *kept)


def exemplars_with_inherited(
    own: Sequence[Example], theirs: Sequence[Example], policy: Policy
) -> tuple[Example, ...]:
    """A policy's exemplars, then those of its parent that fit its clauses."""
    kept = [
        one
        for one in theirs
        if _stands(policy, one.clause) and not _misfit(policy, one.result, one.clause, one.severity)
    ]
    return (*own, *kept)


def _stands(policy: Policy, *clauses: str | None) -> bool:
    return not policy.restricted and all(one is None or policy.clause(one) is not None for one in clauses)


def _misfit(policy: Policy, result: PolicyResult, clause_id: str | None, severity: int) -> str:
    clauses = {clause.id: clause for clause in policy.clauses}
    fault = citation_fault(result, clause_id, severity, clauses)
    return fault[0] if fault is not None else ""
