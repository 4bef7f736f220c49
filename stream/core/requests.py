"""Case requests: somebody, or Sluice itself, wants the newest version judged again."""

from msgspec.structs import replace

from stream.core.emission import digest_text, dropped, hold_of, task_of, work_of
from stream.core.outcome import CaseRequested
from stream.core.state import ContentState, OpenCase
from stream.core.step import Arrival, Output, Step, Terms
from stream.core.terms import Decision, Effect, Origin, Stage


def requested(state: ContentState | None, event: CaseRequested, arrival: Arrival, terms: Terms) -> Step:
    """Open a case about the newest version, or let the open one take the request in."""
    reason = _refusal(state, event)
    if state is None or reason:
        return Step(state, (dropped(event, arrival.now, reason),), "dropped:" + reason)
    case = _opened(state, event, arrival, terms) if state.case is None else _joined(state.case, event)
    if case == state.case:
        return Step(state, (), "repeat")
    hides = case.effect is Effect.HIDE and state.decision is not Decision.HOLD
    new = replace(state, case=case)
    if state.case is None:
        new = replace(new, changed_at=arrival.now)
    if hides:
        new = replace(new, decision=Decision.HOLD, changed_at=arrival.now, final=False)
    outputs: tuple[Output, ...] = (hold_of(new, arrival),) if hides else ()
    if case.stage is Stage.AUTOMATIC:
        return Step(new, (*outputs, work_of(new, arrival)), "requested")
    return Step(new, (*outputs, task_of(new, arrival, event.reason)), "requested")


def _refusal(state: ContentState | None, event: CaseRequested) -> str:
    """Why a request is not about the newest version that the gate knows; empty if it is."""
    if state is None:
        return "unseen"
    if state.decision is Decision.DELETED:
        return "deleted"
    if not state.is_known or event.version > state.version:
        return "unseen"
    return "" if (event.version, event.digest) == (state.version, digest_text(state.digest)) else "stale"


def _opened(state: ContentState, event: CaseRequested, arrival: Arrival, terms: Terms) -> OpenCase:
    """People's at once where the gate does not know where the text lies."""
    lost = state.offset < 0
    return OpenCase(
        id=arrival.opens,
        effect=event.effect,
        origin=Origin.STAFF,
        stage=Stage.PEOPLE if lost else Stage.AUTOMATIC,
        opened_at=arrival.now,
        due=arrival.now + (terms.people if lost else terms.automatic),
        effort=event.effort,
        person_final=lost,
    )


def _joined(case: OpenCase, event: CaseRequested) -> OpenCase:
    """The case with the stronger effect and effort of the two; a report or appeal stays its origin."""
    stronger = max(case.effort, event.effort, key=lambda effort: effort.rank)
    hides = Effect.HIDE in (case.effect, event.effect)
    if stronger is case.effort and hides is (case.effect is Effect.HIDE):
        return case
    plain = case.origin in (Origin.PUBLISH, Origin.EDIT)
    return replace(
        case,
        effect=Effect.HIDE if hides else Effect.WATCH,
        effort=stronger,
        origin=Origin.STAFF if plain else case.origin,
    )
