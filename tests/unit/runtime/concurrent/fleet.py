"""Members of one group under everything that may befall them, and the laws that hold throughout."""

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from stream.core.errors import Escalate, Exit, Unavailable
from stream.ports import Record
from stream.runtime.concurrent.offsets import decode
from tests.unit.runtime.concurrent.rig import (
    DEAD,
    OUT,
    SETTINGS,
    WORK,
    Clock,
    Rig,
    answer,
    fresh_broker,
    unreadable,
)

PARTITIONS = 3
SLOTS = 6
SMALL = replace(SETTINGS, slots=SLOTS, read_ahead=12, gulp=5, absence=10.0)

FAULTS = ("commit_offsets", "committed", "deliver")

Place = tuple[int, int]
"""A partition's number and an offset."""

who = st.integers(0, 2)
where = st.integers(0, PARTITIONS - 1)


class Fleet(RuleBasedStateMachine):
    """The laws: what a commit says is done was published; what a commit says is done does not run again;
    what was published runs again only if a member died, went silent or failed to commit in between; no
    window holds more than its slots; and in the end everything was published.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.broker = fresh_broker(PARTITIONS)
        self.members: list[Rig] = []
        self.excused: set[Place] = set()

    @initialize()
    def begin(self) -> None:
        self.join()
        for partition in range(PARTITIONS):
            self.put(partition, 8)
        self.work_goes_on(0, 4, 0.0, None)

    @rule(partition=where, count=st.integers(1, 20))
    def put(self, partition: int, count: int) -> None:
        for _ in range(count):
            self.broker.log((WORK, partition)).append(b"k", b"v", (), 1, None)

    @rule(partition=where, width=st.sampled_from((1, 3, 30_000)))
    def leave_a_hole(self, partition: int, width: int) -> None:
        self.broker.log((WORK, partition)).skip(width)

    @precondition(lambda self: len(self.members) < 3)
    @rule()
    def join(self) -> None:
        member = Rig(self.broker, SMALL, self.clock)
        member.hand.watch = lambda record: self._check_start(member, record)
        self.members.append(member)

    @rule(
        seed=st.integers(0, 2**32),
        rounds=st.integers(2, 12),
        share=st.sampled_from((0.1, 0.3, 0.6, 0.9)),
        fault=st.sampled_from((None, None, None, *FAULTS)),
    )
    def work_goes_on(self, seed: int, rounds: int, share: float, fault: str | None) -> None:
        """The usual: time passes, some handlers end, every member turns; perhaps an operation fails once."""
        chance = Random(seed)
        if fault is not None:
            self.broker.fail(fault, Unavailable("away"))
        for _ in range(rounds):
            for member in self.members:
                for item in tuple(member.hand.running):
                    if chance.random() < share:
                        member.hand.end(item, (answer(item.record),))
            self.clock.pass_by(0.3)
            self.all_turn()

    @rule()
    def all_turn(self) -> None:
        for member in tuple(self.members):
            self._turn(member)

    @rule(index=who)
    def one_turns(self, index: int) -> None:
        for member in self._one(index):
            self._turn(member)

    @rule(index=who, pick=st.integers(0, SLOTS - 1), kind=st.integers(0, 3))
    def one_fails(self, index: int, pick: int, kind: int) -> None:
        error = (Unavailable("away"), unreadable(), Escalate("too hard"), KeyError("a bug"))[kind]
        for member in self._one(index):
            if member.hand.running:
                member.hand.end(member.hand.running[pick % len(member.hand.running)], error)

    @rule(seconds=st.sampled_from((0.6, 2.0, 121.0)))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    @rule(index=who)
    def one_crashes(self, index: int) -> None:
        for member in self._one(index):
            self._excuse()
            self.members.remove(member)
            member.consumer.expire()

    @rule(index=who)
    def one_goes_silent(self, index: int) -> None:
        for member in self._one(index):
            self._excuse()
            member.consumer.expire()

    @rule(index=who)
    def one_leaves(self, index: int) -> None:
        for member in self._one(index):
            self.members.remove(member)
            self._guarded(member, Rig.stop)

    @rule(index=who, kind=st.sampled_from(("crash", "leave")), seed=st.integers(0, 2**32))
    def one_is_replaced(self, index: int, kind: str, seed: int) -> None:
        """A life ends and the next one begins, with work in between."""
        if kind == "crash":
            self.one_crashes(index)
        else:
            self.one_leaves(index)
        self.join()
        self.work_goes_on(seed, 4, 0.1, None)

    @invariant()
    def what_is_committed_was_published(self) -> None:
        lost = self._committed() - self._published()
        assert not lost, f"committed, and nothing published: {sorted(lost)}"

    @invariant()
    def no_window_holds_more_than_its_slots(self) -> None:
        for member in self.members:
            assert member.runner.in_flight <= SLOTS
            assert member.hand.most <= SLOTS

    def teardown(self) -> None:
        """Whatever happened: once things go well, everything is published and committed to the end."""
        self.broker._faults.clear()
        for _ in range(400 + len(self._records())):
            if not self.members:
                self.join()
            for member in self.members:
                member.hand.finish_all()
            self.clock.pass_by(0.3)
            self.all_turn()
            if self._all_committed():
                break
        assert self._all_committed(), "work does not come to its end"
        assert self._published() == set(self._records())

    def _turn(self, member: Rig) -> None:
        self._guarded(member, Rig.turn)

    def _guarded(self, member: Rig, act: Callable[[Rig], None]) -> None:
        """Let a member act; one that must exit is closed, as its process would."""
        faults = self._faults()
        silent = self._silent(member)
        try:
            act(member)
        except Exit:
            if member in self.members:
                self.members.remove(member)
            member.runner.close()
        if silent or self._faults() != faults:
            self._excuse()

    def _check_start(self, member: Rig, record: Record) -> None:
        place = (record.partition, record.offset)
        if self._silent(member):
            return
        assert place not in self._committed(), f"{place} runs though a commit says that it is done"
        if place in self._published():
            assert place in self.excused, f"{place} runs again without need"

    def _excuse(self) -> None:
        self.excused |= self._published() - self._committed()

    def _one(self, index: int) -> list[Rig]:
        return [self.members[index % len(self.members)]] if self.members else []

    def _silent(self, member: Rig) -> bool:
        place = member.consumer._member
        return place is not None and place.expired

    def _faults(self) -> int:
        return sum(len(queue) for queue in self.broker._faults.values())

    def _records(self) -> list[Place]:
        return [
            (number, entry.offset)
            for number in range(PARTITIONS)
            for entry in self.broker.log((WORK, number))._entries
        ]

    def _published(self) -> set[Place]:
        found = set()
        for topic in (OUT, DEAD):
            for entry in self.broker.log((topic, 0))._entries:
                partition, offset = (entry.value or b"").decode().split(":")[-2:]
                found.add((int(partition), int(offset)))
        return found

    def _committed(self) -> set[Place]:
        positions = self.broker.group(f"group-{WORK}", "cooperative-sticky").positions
        told = {
            place[1]: (position.offset, decode(position.offset, position.metadata))
            for place, position in positions.items()
        }
        return {
            (number, offset)
            for number, offset in self._records()
            if number in told and (offset < told[number][0] or offset in told[number][1])
        }

    def _all_committed(self) -> bool:
        positions = self.broker.group(f"group-{WORK}", "cooperative-sticky").positions
        logs = {number: self.broker.log((WORK, number)) for number in range(PARTITIONS)}
        return all(
            log.end == 0 or ((WORK, number) in positions and positions[WORK, number].offset == log.end)
            for number, log in logs.items()
        )
