"""What the gate's own clock does: overdue cases go to people, or close; settled content is forgotten."""

from msgspec.structs import replace

from stream.core.closing import close
from stream.core.emission import hold_of, task_of
from stream.core.lapse import lapsed
from stream.core.notices import notice_of_long_hold
from stream.core.state import ContentState, OlderCase, OpenCase, wake_of
from stream.core.step import Arrival, Output, Step, Terms, Tick
from stream.core.terms import Effect, Stage


def ticked(state: ContentState | None, _event: Tick, arrival: Arrival, terms: Terms) -> Step:
    """Escalate every case past its due time, or close it as the set says; forget settled content.

    A tick that comes early follows a time that older terms gave: the state is a new object, so that it
    is written with the time of the present ones.
    """
    if state is None:
        return Step(None)
    if wake_of(state, terms.retention) > arrival.now:
        return Step(replace(state), (), "later")
    if state.case is None and not state.older:
        return Step(None, (), "forgotten")
    state, outputs = _newest(state, arrival, terms)
    older = tuple(_escalated_older(one, arrival, terms, outputs) for one in state.older)
    return Step(replace(state, older=older), tuple(outputs), "overdue")


def _newest(state: ContentState, arrival: Arrival, terms: Terms) -> tuple[ContentState, list[Output]]:
    case = state.case
    if case is None or case.due > arrival.now:
        return state, []
    if (outcome := lapsed(state, case, arrival, terms)) is not None:
        done = close(state, case, outcome, arrival)
        return done.state or state, list(done.outputs)
    outputs: list[Output] = []
    new = replace(state, case=(escalated := _escalated(case, arrival, terms)))
    if case.effect is Effect.HIDE:
        outputs.append(hold_of(new, arrival, _why(case)))
    outputs.append(task_of(new, arrival, _why(case)))
    if case.effect is Effect.HIDE and escalated.overdue == 1:
        outputs.append(notice_of_long_hold(new, case, arrival))
    return new, outputs


def _escalated_older(older: OlderCase, arrival: Arrival, terms: Terms, outputs: list[Output]) -> OlderCase:
    if older.case.due > arrival.now:
        return older
    late = replace(older, case=_escalated(older.case, arrival, terms))
    outputs.append(task_of(late, arrival, _why(older.case)))
    return late


def _why(case: OpenCase) -> str:
    return "deadline" if case.stage is Stage.AUTOMATIC else "overdue"


def _escalated(case: OpenCase, arrival: Arrival, terms: Terms) -> OpenCase:
    """Give an overdue case to people; one that is already theirs gets a new due time and is counted.

    A machine's late answer still counts (`person_final` is left as it was): when a model that was
    down comes back, it empties the queue that its absence filled.
    """
    overdue = case.overdue + (case.stage is Stage.PEOPLE)
    due = arrival.now + (terms.urgent if case.urgent else terms.people)
    return replace(case, stage=Stage.PEOPLE, due=due, overdue=overdue)
