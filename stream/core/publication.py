"""How content comes in and goes: published, edited, unreadable, deleted."""

from msgspec.structs import replace

from stream.core.case import Case, Source
from stream.core.content import Deleted, Edited, Posted, Published
from stream.core.emission import closing_of, hold_of, task_of
from stream.core.state import MAX_OLDER, ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output, Step, Terms, Unreadable
from stream.core.terms import Decision, Effect, Effort, Origin, Stage
from stream.core.verdict import Closing, Verdict


def posted(state: ContentState | None, event: Published | Edited, arrival: Arrival, terms: Terms) -> Step:
    """Hold a new version at once and open its case; a repeat or a stale version changes nothing."""
    digest = event.digest
    raw = bytes.fromhex(digest[7:])
    if state is not None and (nothing_new := _nothing_new(state, event, raw)):
        return Step(state, (), nothing_new)
    now = arrival.now
    origin = Origin.EDIT if type(event) is Edited else Origin.PUBLISH
    due = now + terms.automatic
    case = OpenCase(arrival.opens, Effect.HIDE, origin, Stage.AUTOMATIC, now, due)
    older, closings = supersede(state, event.id, arrival) if state is not None else ((), ())
    verdict = Verdict(
        id=event.id,
        version=event.version,
        decision=Decision.HOLD,
        at=now,
        digest=digest,
        case=case.id,
        stage=Stage.AUTOMATIC,
        due=due,
    )
    work = Case(
        id=event.id,
        case=case.id,
        version=event.version,
        effect=Effect.HIDE,
        origin=origin,
        opened_at=now,
        due=due,
        digest=digest,
        source=Source(arrival.partition, arrival.offset),
        content=event,
    )
    new = ContentState(event.version, raw, arrival.offset, Decision.HOLD, now, case, older)
    return Step(new, (verdict, work, *closings), "held")


def _nothing_new(state: ContentState, event: Posted, digest: bytes) -> str:
    """Why a publication opens nothing; empty if it does. What the gate forgot, it cannot call stale."""
    if state.decision is Decision.UNKNOWN or event.version > state.version:
        return ""
    if event.version < state.version:
        return "stale"
    if state.decision is Decision.DELETED:
        return "deleted"
    return "repeat" if digest == state.digest else ""


def unreadable(state: ContentState | None, event: Unreadable, arrival: Arrival, terms: Terms) -> Step:
    """Hide the content and ask people: what could not be read may have been an edit or a deletion."""
    content_id = arrival.content
    if state is not None and state.decision is Decision.DELETED:
        return Step(state, (), "deleted")
    if state is not None and state.case is not None and state.case.origin is Origin.UNREADABLE:
        return Step(state, (), "repeat")
    older, closings = supersede(state, content_id, arrival) if state is not None else ((), ())
    now = arrival.now
    case = OpenCase(
        id=arrival.opens,
        effect=Effect.HIDE,
        origin=Origin.UNREADABLE,
        stage=Stage.PEOPLE,
        opened_at=now,
        due=now + terms.people,
        effort=Effort.HIGH,
        person_final=True,
    )
    known = state or ContentState(0, None, -1, Decision.UNKNOWN, now)
    new = ContentState(known.version, known.digest, known.offset, Decision.HOLD, now, case, older)
    outputs = (hold_of(new, arrival, event.why), task_of(new, arrival, event.why), *closings)
    return Step(new, outputs, "unreadable")


def deleted(state: ContentState | None, event: Deleted, arrival: Arrival, _terms: Terms) -> Step:
    """Close everything about the content; only a newer version brings it back."""
    known = state is not None and state.decision is not Decision.UNKNOWN
    version = max(event.version, state.version) if state is not None and known else event.version
    if state is not None and state.decision is Decision.DELETED and version == state.version:
        return Step(state, (), "repeat")
    outputs: list[Output] = [Verdict(id=event.id, version=version, decision=Decision.DELETED, at=arrival.now)]
    if state is not None:
        open_cases = [(state.case, state.version)] if state.case is not None else []
        open_cases += [(older.case, older.version) for older in state.older]
        for case, of_version in open_cases:
            outputs += closing_of(event.id, case, of_version, arrival.now, Closing.DELETED)
    return Step(ContentState(version, None, -1, Decision.DELETED, arrival.now), tuple(outputs), "deleted")


def supersede(
    state: ContentState, content_id: str, arrival: Arrival
) -> tuple[tuple[OlderCase, ...], tuple[Output, ...]]:
    """End what is open for the version that is no longer the newest.

    What was visible or reported goes on as a watch, for the record; the oldest of too many closes.
    """
    case = state.case
    if case is None:
        return state.older, ()
    if case.effect is Effect.HIDE and not state.reports:
        return state.older, closing_of(content_id, case, state.version, arrival.now, Closing.SUPERSEDED)
    kept = OlderCase(replace(case, effect=Effect.WATCH), state.version, state.digest, state.offset)
    older = (*state.older, kept)
    if len(older) <= MAX_OLDER:
        return older, ()
    first = older[0]
    return older[1:], closing_of(content_id, first.case, first.version, arrival.now, Closing.OVERFLOW)
