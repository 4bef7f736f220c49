"""What the gate's own clock does: overdue cases go to people, settled content is forgotten."""

from msgspec.structs import replace

from stream.core.emission import hold_of, task_of
from stream.core.state import ContentState, OpenCase, wake_of
from stream.core.step import Arrival, Output, Step, Terms, Tick
from stream.core.terms import Effect, Stage


def ticked(state: ContentState | None, _event: Tick, arrival: Arrival, terms: Terms) -> Step:
    """Escalate every case past its due time; forget content whose retention has ended."""
    if state is None or wake_of(state, terms.retention) > arrival.now:
        return Step(state)
    if state.case is None and not state.older:
        return Step(None, (), "forgotten")
    outputs: list[Output] = []
    if state.case is not None and state.case.due <= arrival.now:
        why = _why(state.case)
        state = replace(state, case=_escalated(state.case, arrival, terms))
        if state.case is not None and state.case.effect is Effect.HIDE:
            outputs.append(hold_of(state, arrival, why))
        outputs.append(task_of(state, arrival, why))
    older = []
    for one in state.older:
        late = one.case.due <= arrival.now
        older.append(replace(one, case=_escalated(one.case, arrival, terms)) if late else one)
        if late:
            outputs.append(task_of(older[-1], arrival, _why(one.case)))
    return Step(replace(state, older=tuple(older)), tuple(outputs), "overdue")


def _why(case: OpenCase) -> str:
    return "deadline" if case.stage is Stage.AUTOMATIC else "overdue"


def _escalated(case: OpenCase, arrival: Arrival, terms: Terms) -> OpenCase:
    """Give an overdue case to people; one that is already theirs gets a new due time and is counted.

    A machine's late answer still counts (`person_final` is left as it was): when a model that was
    down comes back, it empties the queue that its absence filled.
    """
    overdue = case.overdue + (case.stage is Stage.PEOPLE)
    return replace(case, stage=Stage.PEOPLE, due=arrival.now + terms.people, overdue=overdue)
