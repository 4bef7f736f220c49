"""Reports: distinct reporters are counted; a report never hides anything by itself."""

from hashlib import blake2s

from msgspec.structs import replace

from stream.core.content import Reported
from stream.core.emission import digest_text, task_of, work_of
from stream.core.state import MAX_REPORTERS, ContentState, OpenCase
from stream.core.step import Arrival, Step, Terms
from stream.core.succession import named
from stream.core.terms import Decision, Effect, Effort, Origin, Stage


def reported(state: ContentState | None, event: Reported, arrival: Arrival, terms: Terms) -> Step:
    """Count a reporter; join the open case, or open a watch at the 1st, 2nd, 4th, 8th … distinct one.

    The doubling keeps a campaign of n reports to about log2(n) questions about a released post.
    """
    state, superseded = named(state, event.version, event.digest, arrival)
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
    if not _is_power_of_two(state.reports):
        return Step(state, (), "counted")
    opened = watched(state, arrival, terms, Origin.REPORT)
    return Step(opened.state, (*opened.outputs, *superseded), "watched")


def not_about(state: ContentState, version: int, digest: str | None) -> str:
    """Why a report or appeal is not about the newest version that the gate knows; empty if it is."""
    if state.decision is Decision.DELETED:
        return "deleted"
    if version != state.version:
        return "stale" if version < state.version else "unseen"
    named_other = digest is not None and state.digest is not None and digest != digest_text(state.digest)
    return "stale" if named_other else ""


def watched(state: ContentState, arrival: Arrival, terms: Terms, origin: Origin) -> Step:
    """Open a case that hides nothing; people's at once where the gate does not know where the text lies."""
    lost = state.offset < 0
    case = OpenCase(
        id=arrival.opens,
        effect=Effect.WATCH,
        origin=origin,
        stage=Stage.PEOPLE if lost else Stage.AUTOMATIC,
        opened_at=arrival.now,
        due=arrival.now + (terms.people if lost else terms.automatic),
        effort=Effort.HIGH,
        person_final=lost or origin is Origin.APPEAL,
    )
    new = replace(state, case=case, changed_at=arrival.now)
    if lost:
        return Step(new, (task_of(new, arrival, f"{origin.value} of what the gate did not see published"),))
    return Step(new, (work_of(new, arrival),))


def _joined(state: ContentState, case: OpenCase, arrival: Arrival) -> Step:
    """Ask for more effort: the model again if it has the case, so that no lighter answer counts."""
    lighter = case.effort is not Effort.HIGH
    if lighter:
        state = replace(state, case=replace(case, origin=Origin.REPORT, effort=Effort.HIGH))
    if case.stage is Stage.AUTOMATIC:
        return Step(state, (work_of(state, arrival),) if lighter else (), "joined")
    told = lighter or _is_power_of_two(state.reports)
    return Step(state, (task_of(state, arrival, "reported"),) if told else (), "joined")


def _is_power_of_two(count: int) -> bool:
    return not count & (count - 1)
