"""What a set may let time decide: only where nobody must look, and the author is told what happened. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from stream.core.policy.policy import Policy
from stream.core.policy.policy_set import Route
from stream.core.policy.set_tables import Fault
from stream.core.step import Overdue

_KEY = ("deadlines", "overdue")


def overdue_faults(
    overdue: Overdue, notice: Mapping[str, str], policies: Iterable[Policy], routes: Iterable[Route]
) -> Iterator[Fault]:
    """Each thing that forbids this time-out in a set.

    Args:
        overdue: what becomes of a hold that people did not decide about in time.
        notice: what authors are told of a removal by time, by language.
        policies: the set's; routes: its routes.
    """
    if overdue is Overdue.RELEASE and (why := _must_be_looked_at(policies, routes)):
        mend = 'Write `overdue = "hold"`: what nobody decided about stays hidden, with people'
        yield _KEY, f"time would release what {why}", mend
    for language, words in notice.items():
        if not words.strip():
            yield ("deadlines", "notice", language), "an empty notice of a removal", "Write it"
    if overdue is Overdue.REMOVE and not notice:
        mend = (
            'Add [deadlines.notice] with a text a language, such as `en = "Nobody could check it in time."`'
        )
        yield _KEY, "time would remove, and its author would not be told why", mend


def _must_be_looked_at(policies: Iterable[Policy], routes: Iterable[Route]) -> str:
    """Why nothing may be released that nobody looked at; empty if something may."""
    for policy in policies:
        if policy.restricted:
            return f"policy `{policy.id}` restricts to few people"
        if policy.never_clear:
            return f"policy `{policy.id}` never clears unasked"
        if urgent := next((clause.id for clause in policy.clauses if clause.urgent), None):
            return f"may put a life in danger by {urgent} of `{policy.id}`"
    signals = next((route.required_signals for route in routes if route.required_signals), ())
    return f"lacks the signal `{signals[0]}` that a route requires" if signals else ""
