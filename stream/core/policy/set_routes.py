"""A set's routes: every post has one, every policy is asked, in languages it was tested in. Pure."""

from collections.abc import Iterator, Mapping

from stream.core.policy import Policy
from stream.core.policy.policy_set import speaks
from stream.core.policy.set_tables import Fault, SetText
from stream.core.terms import Effort
from stream.core.toml_text import nearest


def route_faults(written: SetText, policies: Mapping[str, Policy]) -> Iterator[Fault]:
    """Each route, effort and language that does not hold together, in this order."""
    for place in range(len(written.routes)):
        yield from _of_policies(written, place)
        yield from _of_reach(written, place)
    yield from _unrouted(written)
    yield from _unmeasured(written)
    yield from _untested(written, policies)
    yield from _unsupported(written)


def _of_policies(written: SetText, place: int) -> Iterator[Fault]:
    key = ("routes", place, "policies")
    for policy_id in written.routes[place].policies:
        if policy_id not in written.policies:
            what = f"a route names policy `{policy_id}`, which [policies] lacks"
            yield key, what, nearest(policy_id, list(written.policies))
    if not written.routes[place].policies:
        yield key, "a route without a policy", "Name at least one"


def _of_reach(written: SetText, place: int) -> Iterator[Fault]:
    """The last route takes everything, and no other one does."""
    route, is_last = written.routes[place], place == len(written.routes) - 1
    takes_all = route.surface is None and not route.languages
    if takes_all != is_last:
        what = "the last route leaves posts without one" if is_last else "the routes below are never reached"
        yield ("routes", place), what, "The last route, and only it, names neither surface nor languages"


def _unrouted(written: SetText) -> Iterator[Fault]:
    routed = {policy_id for route in written.routes for policy_id in route.policies}
    for policy_id in written.policies:
        if policy_id not in routed:
            what = f"no route asks policy `{policy_id}`"
            yield ("policies", policy_id), what, "Route it, or take it out"


def _unmeasured(written: SetText) -> Iterator[Fault]:
    if not written.cascade.audited and any(route.effort is not Effort.HIGH for route in written.routes):
        what = "a route asks at less than high effort, and nobody measures what that misses"
        yield ("cascade", "audited"), what, "Audit a share, 0.01 say, or ask at high effort"


def _untested(written: SetText, policies: Mapping[str, Policy]) -> Iterator[Fault]:
    for policy_id, policy in policies.items():
        for language in written.languages:
            if not any(speaks(tag, language) for tag in policy.languages):
                what = f"language `{language}` is supported, but policy `{policy_id}` was never tested in it"
                yield ("languages",), what, "Add golden cases to the policy, or take the language out"


def _unsupported(written: SetText) -> Iterator[Fault]:
    for place, route in enumerate(written.routes):
        for language in route.languages:
            if not any(speaks(tag, language) for tag in written.languages):
                what = f"a route names language `{language}`, which the set does not support"
                yield ("routes", place, "languages"), what, nearest(language, list(written.languages))
