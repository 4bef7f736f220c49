"""How content comes in and goes: published, edited, unreadable, deleted."""

from msgspec.structs import replace

from stream.core.case import Case, Source
from stream.core.content import Deleted, Edited, Posted, Published
from stream.core.emission import closing_of, hold_of, task_of
from stream.core.state import MAX_OLDER, ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output, Step, Terms, Unreadable
from stream.core.succession import for_the_record, supersede
from stream.core.terms import Decision, Effect, Effort, Origin, Stage
from stream.core.verdict import Closing, Verdict


def posted(state: ContentState | None, event: Published | Edited, arrival: Arrival, terms: Terms) -> Step:
    """Hold a new version at once and open its case; a repeat or a stale version changes nothing."""
    digest = event.digest
    raw = bytes.fromhex(digest[7:])
    older: tuple[OlderCase, ...] = ()
    closings: tuple[Output, ...] = ()
    if state is not None:
        if nothing_new := _nothing_new(state, event, raw):
            return Step(state, (), nothing_new)
        older, closings = supersede(state, arrival)
    now = arrival.now
    origin = Origin.EDIT if type(event) is Edited else Origin.PUBLISH
    due = now + terms.automatic
    case = OpenCase(arrival.opens, Effect.HIDE, origin, Stage.AUTOMATIC, now, due)
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
    new = ContentState(
        event.version, raw, arrival.offset, Decision.HOLD, now, case, older, size=event.text_bytes
    )
    return Step(new, (verdict, work, *closings), "held")


def _nothing_new(state: ContentState, event: Posted, digest: bytes) -> str:
    """Why a publication opens nothing; empty if it does. What the gate forgot, it cannot call stale.

    A removal that named no digest (staff's, of a forgotten post) covers the version whatever its text.
    """
    if state.decision is Decision.UNKNOWN or event.version > state.version:
        return ""
    if event.version < state.version:
        return "stale"
    if state.decision is Decision.DELETED:
        return "deleted"
    if state.decision is Decision.REMOVE and state.digest is None:
        return "removed"
    return "repeat" if digest == state.digest else ""


def unreadable(state: ContentState | None, event: Unreadable, arrival: Arrival, terms: Terms) -> Step:
    """Hide the content and ask people: what could not be read may have been an edit or a deletion.

    An open case becomes theirs, so that there is one question about the version and one answer.
    """
    now = arrival.now
    if state is None:
        state = ContentState(0, None, -1, Decision.UNKNOWN, now)
    if state.decision is Decision.DELETED:
        return Step(state, (), "deleted")
    case = state.case
    if case is not None and case.origin is Origin.UNREADABLE:
        return Step(state, (), "repeat")
    asked = OpenCase(
        id=arrival.opens if case is None else case.id,
        effect=Effect.HIDE,
        origin=Origin.APPEAL if case is not None and case.origin is Origin.APPEAL else Origin.UNREADABLE,
        stage=Stage.PEOPLE,
        opened_at=now if case is None else case.opened_at,
        due=now + terms.people if case is None or case.stage is Stage.AUTOMATIC else case.due,
        effort=Effort.HIGH,
        person_final=True,
        overdue=0 if case is None else case.overdue,
        urgent=case is not None and case.urgent,
    )
    new = replace(state, decision=Decision.HOLD, changed_at=now, case=asked, final=False)
    return Step(new, (hold_of(new, arrival, event.why), task_of(new, arrival, event.why)), "unreadable")


def deleted(state: ContentState | None, event: Deleted, arrival: Arrival, _terms: Terms) -> Step:
    """Close everything about the content; only a newer version brings it back.

    What is urgent stays with people, for the record: a danger does not go with the words that told of it.
    """
    version = event.version
    open_cases: tuple[OlderCase, ...] = ()
    newest: tuple[OlderCase, ...] = ()
    if state is not None:
        if state.decision is not Decision.UNKNOWN:
            version = max(version, state.version)
        if state.decision is Decision.DELETED and version == state.version:
            return Step(state, (), "repeat")
        if state.case is not None:
            newest = (for_the_record(state, state.case),)
        open_cases = (*state.older, *newest)
    outputs: list[Output] = [Verdict(id=event.id, version=version, decision=Decision.DELETED, at=arrival.now)]
    urgent = tuple(one for one in open_cases if one.case.urgent)[-MAX_OLDER:]
    for one in open_cases:
        if one not in urgent:
            outputs += closing_of(arrival, one.case, one.version, Closing.DELETED)
    if urgent and urgent[-1] in newest:
        outputs.append(task_of(urgent[-1], arrival, "deleted: for the record"))
    new = ContentState(version, None, -1, Decision.DELETED, arrival.now, older=urgent)
    return Step(new, tuple(outputs), "deleted")
