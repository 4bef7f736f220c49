"""The moves of the exhaustive walk: everything that can happen to one post, in a small vocabulary.

Cases are named by their part, so that equal states merge: `n0-0` is the open case of the newest
version, `r0-0`, `r0-1`, … those kept for the record, `x0-0` any that has closed. Every event that
opens a case opens `e0-0`, which is renamed after the step.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from stream.core.content import Appealed, AppealRole, Deleted, Edited, Published, Reported
from stream.core.lifecycle import Event
from stream.core.outcome import CaseRequested, Outcome, Proposal, StaffDecision
from stream.core.state import ContentState, wake_of
from stream.core.step import Arrival, Overdue, Terms, Tick, Unreadable
from stream.core.terms import DecidedBy, Decision, Effect, Effort

ID = "post"
NOW = 1_000_000_000_000
TERMS = Terms()
REMOVING = Terms(
    overdue=Overdue.REMOVE, policy_set="sha256:" + "7" * 64, overdue_notices={"overdue:en": "Late."}
)
RELEASING = Terms(overdue=Overdue.RELEASE, policy_set="sha256:" + "8" * 64)
WARY = replace(RELEASING, restricted=True)
"""Sets that let time decide; the last one has a restricted policy."""
NEWEST, OPENS, CLOSED = "n0-0", "e0-0", "x0-0"
PARTITION = 3

V1 = Published(id=ID, version=1, at=1, text="one")
V1_OTHER = Published(id=ID, version=1, at=1, text="one, with another text")
V2 = Edited(id=ID, version=2, at=1, text="two")
V3 = Edited(id=ID, version=3, at=1, text="three")
TEXTS = (V1, V1_OTHER, V2, V3)


class Move(NamedTuple):
    """One thing that can happen under a set; `event` gives None where it makes no sense in a state."""

    name: str
    event: Callable[[ContentState | None], Event | None]
    offset: int = -1
    terms: Terms = TERMS

    def arrival(self, state: ContentState | None, event: Event) -> Arrival:
        """Where and when: the clock stands still but for ticks, which come when they are due."""
        if isinstance(event, Tick):
            now = NOW if state is None else wake_of(state, TERMS.retention)
            return Arrival(ID, now, OPENS, PARTITION)
        return Arrival(ID, NOW, OPENS, PARTITION, self.offset)


def older_name(position: int) -> str:
    """The canonical id of the case at this position among those kept for the record."""
    return f"r0-{position}"


def reviewed(case: str, version: int, proposal: Proposal, by: str | None) -> Outcome:
    """A reviewer's outcome."""
    return Outcome(
        id=ID,
        case=case,
        version=version,
        proposal=proposal,
        decided_by=DecidedBy.REVIEWER,
        by=by,
        at=1,
    )


def judged(
    case: str,
    version: int,
    proposal: Proposal,
    effort: Effort | None,
    by: DecidedBy = DecidedBy.MODEL,
) -> Outcome:
    """A machine's outcome."""
    return Outcome(id=ID, case=case, version=version, proposal=proposal, decided_by=by, effort=effort, at=1)


def recommending(case: str, version: int, reason: str = "") -> Outcome:
    """A machine's outcome that asks people to remove; what a reason held back is not removable."""
    outcome = judged(case, version, Proposal.REVIEW, Effort.HIGH)
    return replace(outcome, recommendation=Decision.REMOVE, reason=reason, removable=not reason)


def ordered(version: int, proposal: Proposal, by: str, *, digest: str | None = None) -> StaffDecision:
    """A staff decision."""
    return StaffDecision(
        id=ID, version=version, proposal=proposal, by=by, reason="ticket", at=1, digest=digest
    )


def asked_again(post: Published | Edited, effect: Effect, effort: Effort) -> CaseRequested:
    """A request to judge this post again."""
    return CaseRequested(
        id=ID,
        version=post.version,
        digest=post.digest,
        effect=effect,
        effort=effort,
        by="p",
        reason="r",
        at=1,
    )


def _always(name: str, event: Event) -> Move:
    offset = 10 + TEXTS.index(event) if isinstance(event, Published | Edited) else -1
    return Move(name, lambda _state: event, offset)


def _of_newest(name: str, make: Callable[[int], Outcome]) -> Move:
    """An outcome of the newest version's open case; `make` gets the state's version."""
    prepared = {version: make(version) for version in range(4)}

    def event(state: ContentState | None) -> Outcome | None:
        return None if state is None or state.case is None else prepared[state.version]

    return Move(name, event)


def _of_record(name: str, make: Callable[[int], Outcome]) -> Move:
    """An outcome of the oldest case that is kept for the record."""
    prepared = {version: make(version) for version in range(4)}

    def event(state: ContentState | None) -> Outcome | None:
        return None if state is None or not state.older else prepared[state.older[0].version]

    return Move(name, event)


def _deadline(state: ContentState | None) -> Tick | None:
    return Tick() if state is not None and (state.case is not None or state.older) else None


def _retention(state: ContentState | None) -> Tick | None:
    return Tick() if state is not None and state.case is None and not state.older else None


def _content() -> list[Move]:
    second = V2.digest
    author, reporter = AppealRole.AUTHOR, AppealRole.REPORTER
    return [
        _always("publish v1", V1),
        _always("publish v1 with another text", V1_OTHER),
        _always("edit v2", V2),
        _always("edit v3", V3),
        _always("delete v1", Deleted(id=ID, version=1, at=1)),
        _always("delete v2", Deleted(id=ID, version=2, at=1)),
        _always("a reports v1", Reported(id=ID, version=1, at=1, reporter="a", reason="spam")),
        _always(
            "b reports v1", Reported(id=ID, version=1, at=1, reporter="b", reason="spam", digest=V1.digest)
        ),
        _always("a reports v2", Reported(id=ID, version=2, at=1, reporter="a", reason="spam", digest=second)),
        _always(
            "author appeals v1",
            Appealed(id=ID, version=1, at=1, appellant="w", role=author, digest=V1.digest),
        ),
        _always("author appeals v2", Appealed(id=ID, version=2, at=1, appellant="w", role=author)),
        _always("reporter appeals v1", Appealed(id=ID, version=1, at=1, appellant="a", role=reporter)),
        _always("unreadable", Unreadable("Unreadable: the event at 3/7")),
    ]


def _reviewer(who: str, what: Proposal) -> Move:
    return _of_newest(f"reviewer {who} {what.value}s", lambda version: reviewed(NEWEST, version, what, who))


def _model(what: Proposal, effort: Effort) -> Move:
    name = f"model says {what.value} at {effort.value} effort"
    return _of_newest(name, lambda version: judged(NEWEST, version, what, effort))


def _people() -> list[Move]:
    release, remove, first = Proposal.RELEASE, Proposal.REMOVE, older_name(0)
    return [
        _always("staff p releases v1", ordered(1, release, "p", digest=V1.digest)),
        _always("staff p removes v1", ordered(1, remove, "p")),
        _always("staff q releases v2", ordered(2, release, "q")),
        _always("staff q removes v2", ordered(2, remove, "q", digest=V2.digest)),
        *(_reviewer(who, what) for who in "pq" for what in (release, remove)),
        _of_newest("somebody nameless releases", lambda version: reviewed(NEWEST, version, release, None)),
        _of_newest("reviewer p releases another version", lambda v: reviewed(NEWEST, v + 1, release, "p")),
        _of_record("reviewer p removes for the record", lambda v: reviewed(first, v, remove, "p")),
        _of_record("reviewer q releases for the record", lambda v: reviewed(first, v, release, "q")),
        _always("reviewer p releases v1 of a closed case", reviewed(CLOSED, 1, release, "p")),
    ]


def _machines() -> list[Move]:
    release, remove, review, high = Proposal.RELEASE, Proposal.REMOVE, Proposal.REVIEW, Effort.HIGH
    first, late = older_name(0), DecidedBy.TIMEOUT
    return [
        *(_model(what, effort) for effort in (Effort.LOW, high) for what in (release, remove, review)),
        _of_newest("model recommends removal", lambda v: recommending(NEWEST, v)),
        _of_newest("a rule releases", lambda v: judged(NEWEST, v, release, None, DecidedBy.RULE)),
        _of_newest("a time-out releases", lambda v: judged(NEWEST, v, release, high, late)),
        _of_newest("model releases another version", lambda v: judged(NEWEST, v + 1, release, high)),
        _of_record("model releases for the record", lambda v: judged(first, v, release, high)),
        _of_record("model asks people for the record", lambda v: judged(first, v, review, high)),
        _always("model releases v1 of a closed case", judged(CLOSED, 1, release, high)),
        _always("model releases v2 of a closed case", judged(CLOSED, 2, release, high)),
        Move("a deadline passes", _deadline),
        Move("a deadline passes, and time removes", _deadline, terms=REMOVING),
        Move("a deadline passes, and time releases", _deadline, terms=RELEASING),
        Move("a deadline passes, and time would release what may be restricted", _deadline, terms=WARY),
        Move("the retention passes", _retention),
    ]


def _requests() -> list[Move]:
    return [
        _always("v1 is to be watched", asked_again(V1, Effect.WATCH, Effort.HIGH)),
        _always("v1 is to be hidden", asked_again(V1, Effect.HIDE, Effort.LOW)),
        _always("v2 is to be hidden", asked_again(V2, Effect.HIDE, Effort.HIGH)),
    ]


MOVES: tuple[Move, ...] = (*_content(), *_people(), *_machines(), *_requests())


def _lanes() -> list[Move]:
    low, high, remove, review = Effort.LOW, Effort.HIGH, Proposal.REMOVE, Proposal.REVIEW
    first = older_name(0)

    def urgent(case: str, version: int, proposal: Proposal, effort: Effort) -> Outcome:
        """As bad as a machine could say it: time may remove it, too."""
        return replace(judged(case, version, proposal, effort), urgent=True, removable=True)

    def restricted(case: str, version: int, proposal: Proposal) -> Outcome:
        return replace(judged(case, version, proposal, high), restricted=True, reason="told to few")

    return [
        _of_newest("model sees danger", lambda v: urgent(NEWEST, v, review, high)),
        _of_newest(
            "model sees danger and would remove, at low effort", lambda v: urgent(NEWEST, v, remove, low)
        ),
        _of_record("model sees danger in what is superseded", lambda v: urgent(first, v, review, high)),
        _of_newest("model removes what is restricted", lambda v: restricted(NEWEST, v, remove)),
        _of_newest("model asks the few", lambda v: restricted(NEWEST, v, review)),
        _always("model is late to say that v1 is restricted", restricted(CLOSED, 1, remove)),
    ]


LANES: tuple[Move, ...] = (*MOVES, *_lanes())
"""With what is rare, and doubles the states: walked less far."""
