"""Appeals: one open at a time; the model may look again, but only a person closes."""

from msgspec.structs import replace

from stream.core.content import Appealed, AppealRole
from stream.core.emission import task_of, work_of
from stream.core.reports import not_about, watched
from stream.core.state import ContentState, OpenCase
from stream.core.step import Arrival, Step, Terms
from stream.core.succession import named
from stream.core.terms import Decision, Effort, Origin, Stage


def appealed(state: ContentState | None, event: Appealed, arrival: Arrival, terms: Terms) -> Step:
    """Open a watch that a person must close, or make the open case one."""
    state, superseded = named(state, event.version, event.digest, arrival)
    if reason := not_about(state, event.version, event.digest) or _nothing_to_appeal(state, event):
        return Step(state, (), reason)
    if state.case is not None:
        return _joined(state, state.case, _origin(state, event), arrival)
    opened = watched(state, arrival, terms, _origin(state, event))
    return Step(opened.state, (*opened.outputs, *superseded), "appealed")


def _nothing_to_appeal(state: ContentState, event: Appealed) -> str:
    """An upheld appeal was final; and a reporter has nothing to ask of what is removed already."""
    if state.final:
        return "final"
    removed = state.decision is Decision.REMOVE
    return "not_visible" if removed and event.role is AppealRole.REPORTER else ""


def _origin(state: ContentState, event: Appealed) -> Origin:
    """Of forgotten content a reporter's appeal is a report again: "no action" must restore nothing."""
    forgotten = state.decision is Decision.UNKNOWN
    return Origin.REPORT if forgotten and event.role is AppealRole.REPORTER else Origin.APPEAL


def _joined(state: ContentState, case: OpenCase, origin: Origin, arrival: Arrival) -> Step:
    if case.origin in (Origin.APPEAL, origin):
        return Step(state, (), "repeat")
    new = replace(state, case=replace(case, origin=origin, effort=Effort.HIGH, person_final=True))
    if case.stage is Stage.AUTOMATIC:
        return Step(new, (work_of(new, arrival),), "joined")
    return Step(new, (task_of(new, arrival, "appealed"),), "joined")
