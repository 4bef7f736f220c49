"""One place that the walk can reach: the gate's state, what readers last heard, and the reference."""

from typing import NamedTuple

from msgspec.structs import replace

from stream.core.lifecycle import Event, step
from stream.core.reader import shows
from stream.core.state import ContentState, OlderCase, OpenCase
from stream.core.step import DAY, MINUTE, Arrival, Step, Terms, Tick
from stream.core.terms import Decision, Stage
from stream.core.verdict import Verdict
from tests.unit.lifecycle.alphabet import ID, NEWEST, NOW, TERMS, TEXTS, Move, older_name
from tests.unit.lifecycle.reference import Fold, Lapse, Passed, Text

SHOWABLE: tuple[tuple[int, str], ...] = tuple((post.version, post.digest) for post in TEXTS)


class Heard(NamedTuple):
    """All of a verdict that a reader's rule looks at."""

    decision: Decision
    version: int
    digest: str | None

    @staticmethod
    def of(verdict: Verdict) -> "Heard":
        """Forget the rest of a verdict."""
        return Heard(verdict.decision, verdict.version, verdict.digest)


class World(NamedTuple):
    """Equal worlds have equal futures: the walk expands each of them once."""

    state: ContentState | None = None
    heard: Heard | None = None
    fold: Fold = Fold()


class Change(NamedTuple):
    """One transition, with everything that an invariant may ask about."""

    before: World
    event: Event
    arrival: Arrival
    step: Step
    after: World
    verdicts: tuple[Verdict, ...]
    terms: Terms = TERMS


def advance(world: World, move: Move) -> Change | None:
    """Make a move; None where it makes no sense here."""
    event = move.event(world.state)
    if event is None:
        return None
    change = stepped(world, event, move.arrival(world.state, event), move.terms)
    state = change.after.state
    if state is None or state is world.state:
        return change
    same = canonical(state, ticked=isinstance(event, Tick))
    return change._replace(after=change.after._replace(state=same))


def stepped(world: World, event: Event, arrival: Arrival, terms: Terms = TERMS) -> Change:
    """Let one event happen, as it is, under a set."""
    state = world.state
    result = step(state, event, arrival, terms)
    verdicts = tuple(output for output in result.outputs if type(output) is Verdict)
    newest = "" if state is None or state.case is None else state.case.id
    restricted = state is not None and state.restricted
    lapse = Lapse() if restricted else Lapse(terms.overdue.value, terms.restricted)
    fold = world.fold.after(event, newest, _passed(state, arrival.now), lapse)
    after = World(result.state, Heard.of(verdicts[-1]) if verdicts else world.heard, fold)
    return Change(world, event, arrival, result, after, verdicts, terms)


def _passed(state: ContentState | None, now: int) -> Passed:
    if state is None:
        return "nothing"
    if state.case is not None:
        if state.case.due > now:
            return "nothing"
        return "deadline" if now - state.case.due <= 10 * MINUTE else "deadline long ago"
    retention = 365 * DAY if state.restricted else TERMS.retention
    settled = not state.older and state.changed_at + retention <= now
    return "retention" if settled else "nothing"


def visible(heard: Heard | None) -> Text | None:
    """The version and text that a reader shows who has heard this last; None for none."""
    if heard is None:
        return None
    verdict = Verdict(id=ID, version=heard.version, decision=heard.decision, at=0, digest=heard.digest)
    own = (heard.version, heard.digest or "")
    shown = {text for text in (own, *SHOWABLE) if shows(verdict, *text)}
    assert len(shown) <= 1
    return min(shown, default=None)


def canonical(state: ContentState, *, ticked: bool = False) -> ContentState:
    """Rename cases by their part and, after a tick, turn the clock back, so that equal worlds merge.

    Order among reporters and among people has no meaning; how often a case was overdue has none beyond 1.
    """
    case = state.case
    if case is not None:
        case = _named(case, NEWEST, ticked=ticked)
    older = tuple(_named_older(one, position, ticked=ticked) for position, one in enumerate(state.older))
    reporters = state.reporters
    if len(reporters) == 8 and reporters[4:] < reporters[:4]:
        reporters = reporters[4:] + reporters[:4]
    return replace(
        state,
        case=case,
        older=older,
        reporters=reporters,
        deciders=tuple(sorted(state.deciders)),
        changed_at=NOW,
    )


def _named(case: OpenCase, name: str, *, ticked: bool) -> OpenCase:
    if not ticked:
        return case if case.id == name else replace(case, id=name)
    people = TERMS.urgent if case.urgent else TERMS.people
    due = NOW + (people if case.stage is Stage.PEOPLE else TERMS.automatic)
    return replace(case, id=name, opened_at=NOW, due=due, overdue=min(case.overdue, 2))


def _named_older(older: OlderCase, position: int, *, ticked: bool) -> OlderCase:
    case = _named(older.case, older_name(position), ticked=ticked)
    deciders = tuple(sorted(older.deciders))
    return older if case is older.case else replace(older, case=case, deciders=deciders)
