"""Whatever rests on what a policy set says is told of a promotion before it is confirmed."""

from collections.abc import Callable, Iterable

from stream.core.policy.policy_set import PolicySet

Consequences = Callable[[PolicySet | None, PolicySet], Iterable[str]]
"""From the set in force (None where there is none) and the one to be promoted: a sentence for what ends.

It changes nothing. Who keeps something under a digest, model, effort or template (what a policy has earned,
what triage may clear) says here what a promotion would cost.
"""
