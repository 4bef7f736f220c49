"""Long lives of one post, by chance: many reports, versions, people, deadlines and forgettings.

The same invariants as in the walk, with true case ids and a clock that runs; between steps the state
goes through its bytes, as in the gate.
"""

from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from stream.core.content import Appealed, AppealRole, Deleted, Edited, Published, Reported
from stream.core.emission import open_case
from stream.core.lifecycle import Event
from stream.core.outcome import Outcome, Proposal
from stream.core.state import decode_state, encode_state, wake_of
from stream.core.step import HOUR, MINUTE, Arrival, Terms, Tick, Unreadable
from stream.core.terms import DecidedBy, Effect, Effort
from stream.core.verdict import CaseClosed
from tests.unit.lifecycle.alphabet import (
    ID,
    NOW,
    PARTITION,
    RELEASING,
    REMOVING,
    TERMS,
    TEXTS,
    WARY,
    asked_again,
    judged,
    ordered,
    reviewed,
)
from tests.unit.lifecycle.exploration import Log, joining_problem
from tests.unit.lifecycle.invariants import INVARIANTS
from tests.unit.lifecycle.world import Heard, World, stepped, visible

versions = st.integers(1, 4)
people = st.sampled_from("pqrs")
answers = st.sampled_from([Proposal.RELEASE, Proposal.REMOVE])
efforts = st.sampled_from([Effort.LOW, Effort.HIGH, None])
sets = st.sampled_from([TERMS, REMOVING, RELEASING, WARY])
pauses = st.sampled_from([1, 9 * MINUTE, 10 * MINUTE, 23 * HOUR, 24 * HOUR, 169 * HOUR])


def has_version(life: "Life") -> bool:
    """Whether the gate knows a version that somebody could speak of."""
    return life.world.state is not None and life.world.state.version > 0


def has_open_case(life: "Life") -> bool:
    """Whether a case about the newest version waits for an answer."""
    return life.world.state is not None and life.world.state.case is not None


class Life(RuleBasedStateMachine):
    """One post and everybody who has to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.now = NOW
        self.offset = 0
        self.log: Log = ()
        self.issued: list[tuple[str, int]] = []
        self.closed: Counter[str] = Counter()

    def happens(self, event: Event, terms: Terms = TERMS) -> None:
        self.offset += 1
        posted = isinstance(event, Published | Edited)
        arrival = Arrival(ID, self.now, f"c3-{self.offset}", PARTITION, self.offset if posted else -1)
        change = stepped(self.world, event, arrival, terms)
        for holds in INVARIANTS:
            holds(change)
        self.log = (*self.log, *(Heard.of(verdict) for verdict in change.verdicts))
        self.closed.update(one.case for one in change.step.outputs if isinstance(one, CaseClosed))
        state = change.after.state
        if state is not None and state.case is not None and state.case.id == arrival.opens:
            self.issued.append((arrival.opens, state.version))
        if state is not None:
            state = decode_state(encode_state(state, TERMS.retention))
        self.world = change.after._replace(state=state)

    @rule(post=st.sampled_from(TEXTS))
    def post(self, post: Published | Edited) -> None:
        self.happens(post)

    @rule()
    def edit(self) -> None:
        """The next version, as an author makes it."""
        version = 1 if self.world.state is None else self.world.state.version + 1
        self.happens(Edited(id=ID, version=version, at=1, text=f"version {version}"))

    @rule(version=versions, chance=st.integers(1, 6))
    def delete(self, version: int, chance: int) -> None:
        if chance == 6:
            self.happens(Deleted(id=ID, version=version, at=1))

    @rule(reporter=st.integers(0, 40), version=versions)
    def report(self, reporter: int, version: int) -> None:
        self.happens(Reported(id=ID, version=version, at=1, reporter=f"u{reporter}", reason="spam"))

    @precondition(has_version)
    @rule(role=st.sampled_from(AppealRole))
    def appeal_of_the_newest(self, role: AppealRole) -> None:
        assert self.world.state is not None
        version = self.world.state.version
        self.happens(Appealed(id=ID, version=version, at=1, appellant="w", role=role))

    @precondition(has_version)
    @rule(reporters=st.sampled_from([1, 2, 40]))
    def a_campaign_reports_the_newest(self, reporters: int) -> None:
        state = self.world.state
        assert state is not None
        for reporter in range(reporters):
            report = Reported(id=ID, version=state.version, at=1, reporter=f"c{reporter}", reason="spam")
            self.happens(report)

    @rule(version=versions, role=st.sampled_from(AppealRole))
    def appeal(self, version: int, role: AppealRole) -> None:
        self.happens(Appealed(id=ID, version=version, at=1, appellant="w", role=role))

    @rule(chance=st.integers(1, 3))
    def unreadable(self, chance: int) -> None:
        if chance == 3:
            self.happens(Unreadable("Unreadable: the event at 3/7"))

    @rule(post=st.sampled_from(TEXTS), proposal=answers, by=people, names_text=st.booleans())
    def staff(self, post: Published | Edited, proposal: Proposal, by: str, names_text: bool) -> None:
        self.happens(ordered(post.version, proposal, by, digest=post.digest if names_text else None))

    @precondition(has_open_case)
    @rule(proposal=st.sampled_from(Proposal))
    def the_model_answers(self, proposal: Proposal) -> None:
        assert self.world.state is not None
        case = open_case(self.world.state)
        self.happens(judged(case.id, self.world.state.version, proposal, Effort.HIGH))

    @precondition(has_open_case)
    @rule(proposal=answers, by=people)
    def a_reviewer_answers(self, proposal: Proposal, by: str) -> None:
        assert self.world.state is not None
        case = open_case(self.world.state)
        self.happens(reviewed(case.id, self.world.state.version, proposal, by))

    @precondition(lambda self: bool(self.issued))
    @rule(data=st.data(), proposal=answers, by=people)
    def a_reviewer_answers_any_case(self, data: st.DataObject, proposal: Proposal, by: str) -> None:
        case, version = data.draw(st.sampled_from(self.issued[-6:]))
        self.happens(reviewed(case, version, proposal, by))

    @precondition(lambda self: bool(self.issued))
    @rule(
        data=st.data(),
        proposal=st.sampled_from(Proposal),
        effort=efforts,
        decided_by=st.sampled_from([DecidedBy.MODEL, DecidedBy.RULE, DecidedBy.TIMEOUT]),
        off=st.sampled_from([0, 0, 0, 1]),
        lane=st.sampled_from(["", "", "", "urgent", "restricted"]),
    )
    def a_machine_answers_any_case(
        self,
        data: st.DataObject,
        proposal: Proposal,
        effort: Effort | None,
        decided_by: DecidedBy,
        off: int,
        lane: str,
    ) -> None:
        case, version = data.draw(st.sampled_from(self.issued[-6:]))
        outcome = Outcome(
            id=ID,
            case=case,
            version=version + off,
            proposal=proposal,
            decided_by=decided_by,
            effort=effort,
            at=1,
            urgent=lane == "urgent",
            restricted=lane == "restricted",
        )
        self.happens(outcome)

    @rule(post=st.sampled_from(TEXTS), effect=st.sampled_from(Effect), effort=st.sampled_from(Effort))
    def a_case_is_requested(self, post: Published | Edited, effect: Effect, effort: Effort) -> None:
        self.happens(asked_again(post, effect, effort))

    @rule(pause=pauses, asleep=st.booleans(), terms=sets)
    def time_passes(self, pause: int, asleep: bool, terms: Terms) -> None:
        """The gate looks when it must, or only once at the end (it was down), under any set."""
        until = self.now + pause
        while not asleep and self.world.state is not None:
            wake = wake_of(self.world.state, TERMS.retention)
            if wake > until:
                break
            self.now = max(self.now, wake)
            self.happens(Tick(), terms)
        self.now = until
        self.happens(Tick(), terms)

    @precondition(lambda self: bool(self.log))
    @rule(data=st.data())
    def somebody_joins_after_compaction(self, data: st.DataObject) -> None:
        gone = data.draw(st.sets(st.integers(0, len(self.log) - 1)))
        left = [one for place, one in enumerate(self.log[:-1]) if place not in gone]
        assert joining_problem((*left, self.log[-1]), self.log) == ""

    @invariant()
    def no_case_closes_twice(self) -> None:
        assert all(times == 1 for times in self.closed.values())

    @invariant()
    def the_reader_agrees_with_the_reference(self) -> None:
        assert visible(self.world.heard) == self.world.fold.visible

    def teardown(self) -> None:
        """In the end every case has closed or is open; with everything answered, nothing is left."""
        state = self.world.state
        open_cases = set() if state is None else {one.case.id for one in state.older}
        if state is not None and state.case is not None:
            open_cases.add(state.case.id)
        assert {case for case, _version in self.issued} <= open_cases | self.closed.keys()
        assert not open_cases & self.closed.keys()


class LongLife(Life):
    """The same, more often and longer."""


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=50, deadline=None)

TestLongLife = pytest.mark.slow(pytest.mark.timeout(600)(LongLife.TestCase))
TestLongLife.settings = settings(max_examples=400, stateful_step_count=80, deadline=None)
