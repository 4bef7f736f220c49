"""A routed case under the policy set that is in force when it is judged."""

from msgspec.structs import replace

from stream.core.case import RoutedCase
from stream.core.errors import Escalate
from stream.core.policy.policy_set import PolicySet


def routed_under(policies: PolicySet, case: RoutedCase) -> RoutedCase:
    """The case as the set in force routes it: an outcome names one set, and all that it asks was asked.

    Raises:
        Escalate: under this set only people may answer.
    """
    if case.policy_set == policies.digest:
        return case
    routing = policies.route(case.content.surface, case.content.language)
    if obstacle := routing.obstacle(case.content):
        raise Escalate(obstacle)
    effort = max(case.effort, routing.effort, key=lambda effort: effort.rank)
    asked = routing.with_added(case.added, policies)
    added = asked[len(routing.policies) :]
    return replace(case, policies=asked, policy_set=policies.digest, effort=effort, added=added)
