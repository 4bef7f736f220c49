"""Restricted content: few people may see it, whatever else is decided, while the gate knows its id."""

from collections.abc import Iterator

from msgspec.structs import replace

from stream.core.case import Case, ReviewClosed, ReviewTask
from stream.core.emission import Subject, task_of
from stream.core.outcome import Outcome
from stream.core.state import ContentState
from stream.core.step import Arrival, Output, Step
from stream.core.terms import Stage
from stream.core.verdict import CaseClosed, Verdict


def restricts(state: ContentState, event: object) -> bool:
    """Whether what follows is about restricted content: once it is, it stays so. Late outcomes count."""
    return state.restricted or (type(event) is Outcome and event.restricted)


def for_few(before: ContentState, done: Step, arrival: Arrival) -> Step:
    """The step with its records marked, so that people's tasks take the topic of the few.

    Where the content becomes restricted by this step, tasks that all reviewers see are taken back, and those
    that stay open are put again where the few find them.
    """
    moved = () if before.restricted else tuple(_with_people(before))
    taken = {subject.case.id for subject in moved if subject.case is not None}
    outputs = tuple(_marked(one, taken) for one in done.outputs)
    state = done.state
    if state is not None and not state.restricted:
        state = replace(state, restricted=True)
        outputs = (*outputs, *_moved(state, taken, outputs, arrival))
    return done._replace(state=state, outputs=outputs)


def _marked(output: Output, taken: set[str]) -> Output:
    """The record as few people's, without the reason that a verdict tells everybody."""
    if isinstance(output, Verdict):
        return replace(output, restricted=True, reason="")
    if isinstance(output, Case | ReviewTask | CaseClosed):
        return replace(output, restricted=True)
    if isinstance(output, ReviewClosed) and output.case not in taken:
        return replace(output, restricted=True)
    return output


def _moved(
    state: ContentState, taken: set[str], outputs: tuple[Output, ...], arrival: Arrival
) -> Iterator[Output]:
    """Of each task that stood before all reviewers: its end there, and the same task for the few."""
    told = {one.case for one in outputs if isinstance(one, ReviewTask)}
    for subject in _with_people(state):
        case = subject.case
        if case is None or case.id not in taken:
            continue
        yield ReviewClosed(id=arrival.content, case=case.id, at=arrival.now, reason="restricted")
        if case.id not in told:
            yield replace(task_of(subject, arrival, "restricted"), restricted=True)


def _with_people(state: ContentState) -> Iterator[Subject]:
    subjects: tuple[Subject, ...] = (state, *state.older)
    return (one for one in subjects if one.case is not None and one.case.stage is Stage.PEOPLE)
