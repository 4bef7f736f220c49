"""Reports: distinct reporters are counted; a report never hides anything by itself."""

from hashlib import blake2s

from msgspec.structs import replace

from stream.core.content import Reported
from stream.core.emission import digest_text, task_of, work_of
from stream.core.state import MAX_REPORTERS, ContentState, OpenCase
from stream.core.step import Arrival, Step, Terms
from stream.core.terms import Decision, Effect, Effort, Origin, Stage


def reported(state: ContentState | None, event: Reported, arrival: Arrival, terms: Terms) -> Step:
    """Count a reporter; join the open case, or open a watch at the 1st, 2nd, 4th, 8th … distinct one.

    The doubling keeps a campaign of n reports to about log2(n) questions about a released post.
    """
    if state is None:
        digest = bytes.fromhex(event.digest[7:]) if event.digest is not None else None
        state = ContentState(event.version, digest, -1, Decision.UNKNOWN, arrival.now)
    if reason := not_about(state, event.version, event.digest):
        return Step(state, (), reason)
    if state.decision is Decision.REMOVE:
        return Step(state, (), "not_visible")
    fingerprint = blake2s(event.reporter.encode(), digest_size=4).digest()
    if state.has_report_of(fingerprint):
        return Step(state, (), "repeat")
    known = state.reporters + fingerprint if len(state.reporters) < 4 * MAX_REPORTERS else state.reporters
    state = replace(state, reports=state.reports + 1, reporters=known)
    if state.case is not None:
        return _joined(state, state.case, arrival)
    if state.reports & (state.reports - 1):
        return Step(state, (), "counted")
    return _watched(state, arrival, terms)


def not_about(state: ContentState, version: int, digest: str | None) -> str:
    """Why a report or appeal is not about the newest version that the gate knows; empty if it is."""
    if state.decision is Decision.DELETED:
        return "deleted"
    if version != state.version:
        return "stale" if version < state.version else "unseen"
    named_other = digest is not None and state.digest is not None and digest != digest_text(state.digest)
    return "stale" if named_other else ""


def raised(state: ContentState, case: OpenCase, arrival: Arrival) -> Step:
    """Ask the same question again with the case's new effort; a lighter answer no longer counts."""
    new = replace(state, case=case)
    return Step(new, (work_of(new, arrival),), "joined")


def _joined(state: ContentState, case: OpenCase, arrival: Arrival) -> Step:
    if case.stage is Stage.AUTOMATIC:
        if case.effort is Effort.HIGH:
            return Step(state, (), "joined")
        return raised(state, replace(case, origin=Origin.REPORT, effort=Effort.HIGH), arrival)
    if state.reports & (state.reports - 1):
        return Step(state, (), "joined")
    return Step(state, (task_of(state, arrival, "reported"),), "joined")


def _watched(state: ContentState, arrival: Arrival, terms: Terms) -> Step:
    """Open a watch. What the gate has forgotten goes straight to people: no text can be found for it."""
    new = replace(state, case=watch(state, arrival, terms, Origin.REPORT), changed_at=arrival.now)
    if new.case is not None and new.case.stage is Stage.PEOPLE:
        return Step(new, (task_of(new, arrival, "reported after the gate had forgotten it"),), "watched")
    return Step(new, (work_of(new, arrival),), "watched")


def watch(state: ContentState, arrival: Arrival, terms: Terms, origin: Origin) -> OpenCase:
    """A case that hides nothing; people's at once where the gate does not know the version."""
    forgotten = state.decision is Decision.UNKNOWN
    return OpenCase(
        id=arrival.opens,
        effect=Effect.WATCH,
        origin=origin,
        stage=Stage.PEOPLE if forgotten else Stage.AUTOMATIC,
        opened_at=arrival.now,
        due=arrival.now + (terms.people if forgotten else terms.automatic),
        effort=Effort.HIGH,
        person_final=forgotten or origin is Origin.APPEAL,
    )
