"""What is committed, when, and what happens after a commit that failed."""

from collections.abc import Sequence

from msgspec.structs import replace

from stream.adapters.memory import MemoryBroker
from stream.core.errors import Fenced, Unavailable
from stream.ports import Done, Position
from stream.runtime.concurrent import Lane, Settings, Tally
from stream.runtime.concurrent.assignment import Assignment
from stream.runtime.concurrent.commits import Commits
from tests.unit.runtime.concurrent.rig import SETTINGS, WORK, Clock, Notes, Rig, settled


class Asked:
    """A consumer that only commits, and answers when the test does."""

    def __init__(self) -> None:
        self.commits: list[tuple[Sequence[Position], Done]] = []
        self.waited_for: list[int] = []

    def commit(self, positions: Sequence[Position], done: Done) -> None:
        self.commits.append((positions, done))

    def commit_now(self, positions: Sequence[Position]) -> None:
        self.waited_for += [position.offset for position in positions]

    def answer(self, error: Exception | None = None) -> None:
        self.commits[-1][1](error)


class Desk:
    """Commits of one partition in which offset after offset is done."""

    def __init__(self) -> None:
        self.consumer, self.clock, self.notes = Asked(), Clock(), Notes()
        lane = Lane(WORK, self.consumer, (WORK,))  # type: ignore[arg-type]  # only commits are asked for
        self.commits = Commits(lane, Settings(), self.notes, self.clock)
        self.assignment = Assignment((WORK, 0))
        self.assignment.begin(None)
        self._next = 0

    def do(self, count: int = 1) -> None:
        for offset in range(self._next, self._next + count):
            self.assignment.tracker.admit(offset)
            self.assignment.tracker.complete(offset)
        self._next += count

    def send(self, after: float = 1.0) -> None:
        self.clock.pass_by(after)
        self.commits.send([self.assignment])

    @property
    def sent(self) -> list[int]:
        return [positions[0].offset for positions, _ in self.consumer.commits]


def test_done_offsets_beyond_the_prefix_travel_in_the_metadata() -> None:
    rig = Rig()
    rig.put(6)
    settled(rig)

    rig.hand.finish(1, 2, 5)
    rig.commit()

    assert rig.committed() == (0, {1, 2, 5})


def test_nothing_is_committed_while_nothing_changes() -> None:
    rig = Rig()
    rig.put(3)
    settled(rig).hand.finish_all()
    rig.commit()

    for _ in range(20):
        rig.commit()

    assert rig.notes.tallies[Tally.COMMITTED] == 1


def test_an_idle_partition_commits_the_end_over_markers_so_that_lag_reaches_zero() -> None:
    # Given three records and, behind them, two offsets that no reader sees
    rig = Rig()
    rig.put(3)
    rig.broker.log((WORK, 0)).skip(2)
    settled(rig).hand.finish_all()

    rig.commit()

    assert rig.committed() == (5, set())
    rig.clock.pass_by(1)
    rig.turn()
    assert rig.notes.last[WORK].lag == 0


def test_one_commit_is_under_way_at_a_time() -> None:
    desk = Desk()
    desk.do()
    desk.send()

    desk.do()
    desk.send()
    desk.send()
    assert desk.sent == [1]

    desk.consumer.answer()
    desk.send()
    assert desk.sent == [1, 2]


def test_after_a_failure_the_current_state_is_sent_after_a_pause() -> None:
    # Given a commit that a rebalance makes fail (ILLEGAL_GENERATION)
    desk = Desk()
    desk.do()
    desk.send()
    desk.do(3)
    desk.consumer.answer(Unavailable("illegal generation"))

    # Then it is not sent at once (mistake 3)
    desk.send(after=0.0)
    desk.send(after=0.4)
    assert desk.sent == [1]

    # And after the pause what is true by then is sent
    desk.send(after=0.2)
    assert desk.sent == [1, 4]


def test_after_a_failure_the_same_state_is_sent_again() -> None:
    desk = Desk()
    desk.do()
    desk.send()

    desk.consumer.answer(Unavailable("illegal generation"))
    desk.send()

    assert desk.sent == [1, 1]


def test_a_commit_never_answered_counts_as_failed() -> None:
    desk = Desk()
    desk.do()
    desk.send()
    first = desk.consumer.commits[0][1]

    desk.send(after=9.0)
    assert desk.sent == [1]
    desk.send(after=1.0)
    desk.send(after=0.5)

    # And its late answer is not taken for the answer of the next one
    first(Unavailable("late"))
    desk.do()
    desk.send()
    assert desk.sent == [1, 1]
    assert desk.notes.tallies[Tally.COMMIT_FAILED] == 1


def test_a_handover_does_not_rely_on_a_commit_that_is_under_way() -> None:
    desk = Desk()
    desk.do()
    desk.send()

    desk.commits.send_now([desk.assignment])

    assert desk.consumer.waited_for == [1]


def test_commits_are_not_sent_more_often_than_asked_for() -> None:
    desk = Desk()
    for _ in range(100):
        desk.do()
        desk.send(after=0.1)
        if desk.consumer.commits:
            desk.consumer.answer()

    assert 15 <= len(desk.sent) <= 21


def test_a_taken_over_identity_ends_the_process() -> None:
    desk = Desk()
    desk.do()
    desk.send()

    desk.consumer.answer(Fenced("another process took this instance"))

    assert isinstance(desk.commits.failure, Fenced)


def test_failing_commits_never_lose_what_was_done() -> None:
    rig = Rig(settings=replace(SETTINGS, slots=100))
    rig.put(50)
    settled(rig)
    for offset in range(50):
        rig.broker.fail("commit_offsets", Unavailable("illegal generation"))
        rig.hand.finish(offset)
        rig.turn()
        rig.clock.pass_by(0.3)

    broker: MemoryBroker = rig.broker
    broker._faults.clear()
    rig.commit()

    assert rig.committed() == (50, set())
