"""Members of one group under everything that may befall them, and the laws that hold throughout."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from stream.core.errors import Escalate, Exit, Unavailable
from stream.ports import Record
from stream.runtime.concurrent.item import Item
from stream.runtime.concurrent.offsets import decode
from tests.unit.runtime.concurrent.rig import DEAD, OUT, SETTINGS, WORK, Clock, Rig, fresh_broker, unreadable

PARTITIONS = 3
SLOTS = 6
SMALL = replace(SETTINGS, slots=SLOTS, read_ahead=12, gulp=5)

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
        self.put(0, 4)
        self.all_turn(4)

    @rule(partition=where, count=st.integers(1, 8))
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

    @rule(times=st.integers(1, 3))
    def all_turn(self, times: int) -> None:
        for _ in range(times):
            for member in tuple(self.members):
                self._turn(member)

    @rule(index=who)
    def one_turns(self, index: int) -> None:
        if index < len(self.members):
            self._turn(self.members[index])

    @rule(index=who, picks=st.lists(st.integers(0, SLOTS - 1), min_size=1, max_size=SLOTS))
    def some_end(self, index: int, picks: list[int]) -> None:
        for pick in picks:
            item = self._running(index, pick)
            if item is not None:
                self.members[index].hand.finish(item.record.offset, partition=item.record.partition)

    @rule(index=who, pick=st.integers(0, SLOTS - 1), kind=st.integers(0, 3))
    def one_fails(self, index: int, pick: int, kind: int) -> None:
        error = (Unavailable("away"), unreadable(), Escalate("too hard"), KeyError("a bug"))[kind]
        item = self._running(index, pick)
        if item is not None:
            self.members[index].hand.end(item, error)

    @rule(seconds=st.sampled_from((0.1, 0.6, 2.0, 121.0)))
    def time_passes(self, seconds: float) -> None:
        self.clock.pass_by(seconds)

    @rule(index=who)
    def one_crashes(self, index: int) -> None:
        if index < len(self.members):
            self._excuse()
            self.members.pop(index).consumer.expire()

    @rule(index=who)
    def one_goes_silent(self, index: int) -> None:
        if index < len(self.members):
            self._excuse()
            self.members[index].consumer.expire()

    @rule(index=who)
    def one_leaves(self, index: int) -> None:
        if index < len(self.members):
            self._guarded(self.members.pop(index), Rig.stop)

    @rule(operation=st.sampled_from(("commit_offsets", "committed", "deliver")))
    def something_will_fail(self, operation: str) -> None:
        self.broker.fail(operation, Unavailable("away"))

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
        for _ in range(400):
            if not self.members:
                self.join()
            for member in self.members:
                member.hand.finish_all()
            self.clock.pass_by(0.3)
            self.all_turn(1)
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

    def _running(self, index: int, pick: int) -> Item | None:
        running = self.members[index].hand.running if index < len(self.members) else []
        return running[pick] if pick < len(running) else None

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
