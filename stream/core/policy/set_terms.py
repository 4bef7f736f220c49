"""The terms that the gate works by under a set: its deadlines and brakes. Pure."""

from collections.abc import Iterable, Iterator

from stream.core.brake import Brakes
from stream.core.duration import milliseconds
from stream.core.policy import Policy
from stream.core.policy.set_tables import Fault, SetText
from stream.core.step import Overdue, Terms


def terms_of(written: SetText, policies: Iterable[Policy], digest: str) -> Terms:
    """The terms of the set that has this digest, with these policies in it."""
    deadlines = written.deadlines
    return Terms(
        automatic=milliseconds(deadlines.automatic),
        people=milliseconds(deadlines.people),
        retention=milliseconds(deadlines.retention),
        urgent=milliseconds(deadlines.urgent),
        restricted=any(policy.restricted for policy in policies),
        brakes=_brakes(written),
        overdue=deadlines.overdue,
        overdue_notices={f"overdue:{language}": words for language, words in deadlines.notice.items()},
        policy_set=None if deadlines.overdue is Overdue.HOLD else digest,
    )


def term_faults(terms: Terms) -> Iterator[Fault]:
    """Each deadline that does not fit the others."""
    if terms.urgent > terms.people:
        what = "urgent tasks would be due after ordinary ones"
        yield ("deadlines", "urgent"), what, "Let urgent be at most people"
    if terms.retention < max(terms.automatic, terms.people):
        what = "closed content is forgotten before an open case is due"
        yield ("deadlines", "retention"), what, "Let retention be at least the longest deadline"


def _brakes(written: SetText) -> Brakes:
    caps = {policy_id: grant.removals_an_hour for policy_id, grant in written.policies.items()}
    return Brakes(
        written.brakes.removals_an_hour,
        written.brakes.times_usual,
        {policy_id: cap for policy_id, cap in caps.items() if cap is not None},
    )
