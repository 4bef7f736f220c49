"""Appeals: one open at a time; the model may look again, but only a person closes."""

from msgspec.structs import replace

from stream.core.content import Appealed
from stream.core.emission import task_of, work_of
from stream.core.reports import not_about, raised, watch
from stream.core.state import ContentState, OpenCase
from stream.core.step import Arrival, Step, Terms
from stream.core.terms import Decision, Effort, Origin, Stage


def appealed(state: ContentState | None, event: Appealed, arrival: Arrival, terms: Terms) -> Step:
    """Open a watch that a person must close, or make the open case one."""
    if state is None:
        digest = bytes.fromhex(event.digest[7:]) if event.digest is not None else None
        state = ContentState(event.version, digest, -1, Decision.UNKNOWN, arrival.now)
    if reason := not_about(state, event.version, event.digest):
        return Step(state, (), reason)
    if state.case is not None:
        return _joined(state, state.case, arrival)
    new = replace(state, case=watch(state, arrival, terms, Origin.APPEAL), changed_at=arrival.now)
    if new.case is not None and new.case.stage is Stage.PEOPLE:
        return Step(new, (task_of(new, arrival, "appealed after the gate had forgotten it"),), "appealed")
    return Step(new, (work_of(new, arrival),), "appealed")


def _joined(state: ContentState, case: OpenCase, arrival: Arrival) -> Step:
    if case.origin is Origin.APPEAL:
        return Step(state, (), "repeat")
    heavier = replace(case, origin=Origin.APPEAL, effort=Effort.HIGH, person_final=True)
    if case.stage is Stage.AUTOMATIC:
        return raised(state, heavier, arrival)
    new = replace(state, case=heavier)
    return Step(new, (task_of(new, arrival, "appealed"),), "joined")
