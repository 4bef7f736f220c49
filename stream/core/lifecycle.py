"""The state machine of one piece of content: `step(state, event, arrival) -> (state, outputs)`.

Pure: the time and the record's place come in with the arrival. docs/lifecycle.md draws it; invariants:

- `decision` is `hold` exactly while the open case hides; nothing else makes a version visible than a
  `release` of the newest version seen, and nothing keeps it visible once a newer one was seen.
- At most one case is open for the newest version; older versions that were visible or reported keep
  theirs, for the record, and can no longer publish.
- Content that an outcome called restricted stays so, and every task about it is for few people.
- A case closes once. Machines cannot close what a person must decide (`person_final`).
"""

from collections.abc import Callable
from typing import Any

from stream.core.appeals import appealed
from stream.core.closing import decided
from stream.core.content import Appealed, ContentEvent, Deleted, Edited, Published, Reported
from stream.core.deadline import ticked
from stream.core.outcome import CaseRequested, Outcome, OutcomeEvent, StaffDecision
from stream.core.publication import deleted, posted, unreadable
from stream.core.reports import reported
from stream.core.requests import requested
from stream.core.restriction import for_few, restricts
from stream.core.staff import staff_decided
from stream.core.state import ContentState
from stream.core.step import Arrival, Step, Terms, Tick, Unreadable

DEFAULT_TERMS = Terms()

Event = ContentEvent | OutcomeEvent | Unreadable | Tick


def step(state: ContentState | None, event: Event, arrival: Arrival, terms: Terms = DEFAULT_TERMS) -> Step:
    """Apply one event to one content's state.

    Args:
        state: None where the gate knows nothing of this id (never seen, or forgotten by age).
        event: what happened.
        arrival: when, and where the event lies; names the case that it may open.
        terms: deadlines and retention.

    Returns:
        The new state (the same object where there is nothing to write), what to publish, in order, and
        a short note for the metrics.
    """
    done = _HANDLERS[type(event)](state, event, arrival, terms)
    if state is not None and restricts(state, event):
        return for_few(state, done, arrival)
    return done


_HANDLERS: dict[type, Callable[[ContentState | None, Any, Arrival, Terms], Step]] = {
    Published: posted,
    Edited: posted,
    Deleted: deleted,
    Reported: reported,
    Appealed: appealed,
    Outcome: decided,
    StaffDecision: staff_decided,
    CaseRequested: requested,
    Unreadable: unreadable,
    Tick: ticked,
}
