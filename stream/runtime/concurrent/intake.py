"""One lane at work: reads its consumer, lets records into the window, holds back what has no room."""

from collections.abc import Callable
from enum import Enum

from stream.ports import EndOfPartition, Record
from stream.runtime.concurrent.assignment import Assignment
from stream.runtime.concurrent.commits import Commits
from stream.runtime.concurrent.item import Item
from stream.runtime.concurrent.observer import Levels, Observer, Tally
from stream.runtime.concurrent.rebalance import Rebalance
from stream.runtime.concurrent.settings import Lane, Settings
from stream.runtime.concurrent.window import Window
from stream.runtime.concurrent.work import Work


class Step(Enum):
    """What became of the next record of a partition."""

    TAKEN = "taken"
    HELD = "held"
    """Only this partition waits: its commit could not tell of a record so far ahead."""
    FULL = "full"


class Intake:
    """Reading and admission are apart: a little is read ahead, so that a window that is full most of the
    time does not throw away what the client library has prefetched with every pause.
    """

    def __init__(
        self,
        lane: Lane,
        window: Window,
        work: Work,
        settings: Settings,
        observer: Observer,
        clock: Callable[[], float],
    ) -> None:
        self._lane = lane
        self._window = window
        self._work = work
        self._settings = settings
        self._observer = observer
        self._clock = clock
        self._open = True
        self._full = False
        self.commits = Commits(lane, settings, observer, clock)
        self.rebalance = Rebalance(lane, work, self.commits, settings, observer, clock)

    def subscribe(self) -> None:
        """Join the lane's group."""
        self._lane.consumer.subscribe(self._lane.topics, self.rebalance)

    def read(self, timeout: float) -> None:
        """Take what the consumer has; its callbacks run meanwhile, so this goes on when nothing fits."""
        self.rebalance.came.clear()
        for consumed in self._lane.consumer.consume(self._settings.gulp, timeout):
            partition = (consumed.topic, consumed.partition)
            assignment = self.rebalance.assignments.get(partition)
            if assignment is None or not assignment.reading:
                continue
            if partition in self.rebalance.came:
                assignment.rewind()
                continue
            assignment.waiting.append(consumed)
            if isinstance(consumed, Record):
                self._work.supersede(consumed)

    def admit(self) -> None:
        """Let waiting records in, partition by partition in turn, while there is room."""
        self._full = False
        queue = [one for one in self.rebalance.assignments.values() if one.waiting and self._open]
        for assignment in queue:  # grows while it is walked
            step = self._step(assignment)
            if step is Step.FULL:
                self._full = True
                return
            if step is Step.TAKEN:
                self._move_back(assignment)
                if assignment.waiting and assignment.reading:
                    queue.append(assignment)

    def throttle(self) -> None:
        """Pause the partitions that have enough waiting, resume those that have little."""
        assignments = [one for one in self.rebalance.assignments.values() if one.reading]
        quota = max(1, self._settings.read_ahead // max(1, len(assignments))) if self._open else 0
        full = [one for one in assignments if not one.paused and len(one.waiting) >= quota]
        spare = [one for one in assignments if one.paused and len(one.waiting) <= quota // 2 and self._open]
        for changed, paused, call in (
            (full, True, self._lane.consumer.pause),
            (spare, False, self._lane.consumer.resume),
        ):
            if changed:
                call([one.partition for one in changed])
            for one in changed:
                one.paused = paused

    def commit(self) -> None:
        """Commit what has changed, when it is time."""
        self.commits.send(self.rebalance.assignments.values())

    def stop(self) -> None:
        """Take nothing in from here on; what waits is forgotten, and read again by whoever comes next."""
        self._open = False
        for assignment in self.rebalance.assignments.values():
            assignment.waiting.clear()

    def close(self) -> None:
        """Commit all that is done, and leave the group."""
        self.rebalance.revoked(tuple(self.rebalance.assignments))
        self._lane.consumer.close()

    def report(self) -> None:
        """Tell the observer how the lane stands."""
        self._observer.levels(self._lane.name, self._levels())

    def _step(self, assignment: Assignment) -> Step:
        consumed = assignment.waiting[0]
        if isinstance(consumed, Record):
            return self._admit(assignment, consumed)
        assignment.waiting.popleft()
        if isinstance(consumed, EndOfPartition):
            assignment.tracker.reach_end(consumed.offset)
        else:
            self._begin_anew(assignment)
        return Step.TAKEN

    def _admit(self, assignment: Assignment, record: Record) -> Step:
        if not assignment.tracker.fits(record.offset):
            return Step.HELD
        weight = self._window.bounded(self._lane.name, self._lane.weigh(record))
        if not self._window.fits(self._lane.name, weight):
            return Step.FULL
        assignment.waiting.popleft()
        if assignment.tracker.admit(record.offset):
            self._work.start(Item(record, self._lane.name, assignment, weight, self._clock()))
        else:
            self._observer.tally(self._lane.name, Tally.SKIPPED)
        return Step.TAKEN

    def _begin_anew(self, assignment: Assignment) -> None:
        """What is in flight goes on; its offsets are not in the log any more, so nothing tracks them."""
        self._observer.tally(self._lane.name, Tally.RECORDS_LOST)
        assignment.restart()

    def _move_back(self, assignment: Assignment) -> None:
        """Let the other partitions go first next time."""
        assignments = self.rebalance.assignments
        assignments[assignment.partition] = assignments.pop(assignment.partition)

    def _levels(self) -> Levels:
        assignments = self.rebalance.assignments.values()
        items = self._window.of(self._lane.name)
        heads = [one.waiting[0] for one in assignments if one.waiting]
        records = [item.record for item in items] + [one for one in heads if isinstance(one, Record)]
        return Levels(
            in_window=len(items),
            waiting=sum(len(one.waiting) for one in assignments),
            oldest_seconds=self._clock() - items[0].since if items else 0.0,
            oldest_timestamp=min((record.timestamp for record in records), default=-1),
            span=max((one.tracker.span for one in assignments), default=0),
            lag=sum(one.tracker.backlog(self._lane.consumer.end(one.partition) or 0) for one in assignments),
            assigned=len(assignments),
            unsettled=sum(not one.reading for one in assignments),
            joined=self.rebalance.joined,
            full=self._full,
        )
