"""Which version is the newest, and what becomes of the open case of the one before."""

from msgspec.structs import replace

from stream.core.emission import closing_of, raw_digest, task_of
from stream.core.state import MAX_OLDER, ContentState, OlderCase, OpenCase
from stream.core.step import Arrival, Output
from stream.core.terms import Decision, Effect, Origin, Stage
from stream.core.verdict import Closing


def supersede(state: ContentState, arrival: Arrival) -> tuple[tuple[OlderCase, ...], tuple[Output, ...]]:
    """End what is open for the version that is no longer the newest.

    What was visible, reported, appealed or urgent goes on as a watch, for the record; people who have it are
    told that it hides nothing any more. Beyond `MAX_OLDER` the oldest that is
    not urgent closes, as an overflow.
    """
    case = state.case
    if case is None:
        return state.older, ()
    quiet = not state.reports and not case.urgent and case.origin is not Origin.APPEAL
    if case.effect is Effect.HIDE and quiet:
        return state.older, closing_of(arrival, case, state.version, Closing.SUPERSEDED)
    kept = for_the_record(state, case)
    outputs: tuple[Output, ...] = ()
    if case.stage is Stage.PEOPLE:
        outputs = (task_of(kept, arrival, "superseded: for the record"),)
    older = (*state.older, kept)
    if len(older) <= MAX_OLDER:
        return older, outputs
    first = next((one for one in older if not one.case.urgent), older[0])
    rest = tuple(one for one in older if one is not first)
    return rest, outputs + closing_of(arrival, first.case, first.version, Closing.OVERFLOW)


def for_the_record(state: ContentState, case: OpenCase) -> OlderCase:
    """The open case about the newest version, as it goes on once that version is gone."""
    return OlderCase(
        replace(case, effect=Effect.WATCH),
        state.version,
        state.digest,
        state.offset,
        state.reports,
        state.deciders,
        state.size,
    )


def named(
    state: ContentState | None, version: int, digest: str | None, arrival: Arrival
) -> tuple[ContentState, tuple[Output, ...]]:
    """The state, learning of forgotten content the version that somebody names.

    A version that the gate itself saw stands; of several named ones the highest is taken for the newest.
    """
    raw = raw_digest(digest)
    if state is None:
        return ContentState(version, raw, -1, Decision.UNKNOWN, arrival.now), ()
    if state.decision is not Decision.UNKNOWN or version < state.version:
        return state, ()
    return renamed(state, version, raw, arrival)


def renamed(
    state: ContentState, version: int, digest: bytes | None, arrival: Arrival
) -> tuple[ContentState, tuple[Output, ...]]:
    """Take this version for the newest of forgotten content; a case about another is superseded."""
    if version == state.version and (digest is None or state.digest in (None, digest)):
        return (state if digest in (None, state.digest) else replace(state, digest=digest)), ()
    older, outputs = supersede(state, arrival)
    return ContentState(version, digest, -1, Decision.UNKNOWN, arrival.now, None, older), outputs
