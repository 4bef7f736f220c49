"""Pauses at the gate: what a machine may not do alone now goes to people, as its recommendation.

Time does what a machine does, under no policy that is known by then: any pause of that action stops it too.
"""

from msgspec.structs import replace

from stream.core.control.events import PausedAction
from stream.core.control.pauses import automatic_action, recommended
from stream.core.lifecycle import Event, step
from stream.core.machines import policies_of
from stream.core.outcome import Outcome
from stream.core.state import decode_state
from stream.core.step import Arrival, Overdue, Terms
from stream.core.terms import Decision
from stream.ports import Controls

_BY_TIME = {Overdue.REMOVE: PausedAction.REMOVE, Overdue.RELEASE: PausedAction.RELEASE}
_DONE = frozenset({Decision.REMOVE.value, Decision.RELEASE.value})


def restrained(
    event: Event, encoded: bytes | None, arrival: Arrival, terms: Terms, controls: Controls
) -> Event:
    """The event itself, or a recommendation in place of an outcome that would do what is paused.

    Args:
        event: any event of the gate.
        encoded: the state that it meets. An outcome that would be dropped, or change nothing, stays as it is.
        arrival: when and where it came.
        terms: the deadlines in force.
        controls: what is paused.
    """
    if not isinstance(event, Outcome) or (action := automatic_action(event)) is None or encoded is None:
        return event
    why = controls.paused(action, policies_of(event), event.surface)
    if why and step(decode_state(encoded), event, arrival, terms).note in _DONE:
        return recommended(event, why)
    return event


def patient(terms: Terms, controls: Controls) -> Terms:
    """The terms, but that time decides nothing while what it would do is paused anywhere."""
    action = _BY_TIME.get(terms.overdue)
    if action is None or not controls.pauses_any(action):
        return terms
    return replace(terms, overdue=Overdue.HOLD)
