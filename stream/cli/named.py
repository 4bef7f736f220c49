"""Policies that are named on the command line."""

from collections.abc import Iterable

from stream.core.errors import BadInput
from stream.core.policy.policy_set import PolicySet
from stream.core.toml_text import nearest


def check_policies(policy_set: PolicySet, names: Iterable[str]) -> None:
    """See that a set has these policies.

    Raises:
        BadInput: it lacks one; says which is meant.
    """
    for name in names:
        if name not in policy_set.policies:
            hint = nearest(name, list(policy_set.policies))
            raise BadInput(f"set `{policy_set.name}` has no policy `{name}`: {hint}")
