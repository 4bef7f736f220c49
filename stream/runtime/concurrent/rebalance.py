"""What happens as partitions come and go: positions found, work handed over, state dropped."""

import logging
from collections.abc import Callable, Sequence

from stream.core.errors import Retry, Unreadable
from stream.ports import BEGINNING, Partition, Position
from stream.runtime.concurrent.assignment import Assignment
from stream.runtime.concurrent.commits import Commits
from stream.runtime.concurrent.observer import Observer, Tally
from stream.runtime.concurrent.offsets import decode
from stream.runtime.concurrent.settings import Lane, Settings
from stream.runtime.concurrent.work import Work

logger = logging.getLogger(__name__)


class Rebalance:
    """One lane's partitions. The listener's calls come from within the consumer's `consume` and `close`.

    A broker checks a commit's member and generation, not who holds the partition: so what was revoked
    is forgotten before the callback returns, and no later commit can speak of it.
    """

    def __init__(
        self,
        lane: Lane,
        work: Work,
        commits: Commits,
        settings: Settings,
        observer: Observer,
        clock: Callable[[], float],
    ) -> None:
        self._lane = lane
        self._work = work
        self._commits = commits
        self._settings = settings
        self._observer = observer
        self._clock = clock
        self._again = 0.0
        self.assignments: dict[Partition, Assignment] = {}
        self.joined = False
        """The group has told which partitions are this member's."""
        self.came: set[Partition] = set()
        """Partitions assigned since the owner last cleared this."""

    def assigned(self, partitions: Sequence[Partition]) -> None:
        """Take partitions over where the group's commits say, or hold those for which nobody answers.

        1. Resume them: a pause from an earlier assignment would survive.
        2. Ask for what is committed, with what is done beyond it.
        3. Assign; those without an answer are paused, and `settle` asks again.
        """
        self.joined = True
        self._lane.consumer.resume(partitions)
        self._drop(partitions)
        fresh = [Assignment(partition) for partition in partitions]
        self.assignments.update({one.partition: one for one in fresh})
        self.came.update(partitions)
        self._locate(fresh)
        self._lane.consumer.assign([one.start or Position(*one.partition, BEGINNING) for one in fresh])
        for one in fresh:
            one.reading = one.start is not None
        self._lane.consumer.pause([one.partition for one in fresh if not one.reading])

    def revoked(self, partitions: Sequence[Partition]) -> None:
        """Hand partitions over: publish what has ended, commit it, forget the rest.

        Waits up to `handover` seconds for acknowledgements; what is not done by then runs again elsewhere.
        """
        going = [self.assignments[one] for one in partitions if one in self.assignments]
        self._work.flush(self._settings.handover)
        self._commits.send_now(going)
        self._drop(partitions)

    def lost(self, partitions: Sequence[Partition]) -> None:
        """Forget partitions that another member holds already; to commit would overwrite its word."""
        self.joined = False
        self._drop(partitions)

    def settle(self) -> None:
        """Find where partitions that are not being read begin, and begin; the others go on meanwhile.

        Asked for one by one, since one that hangs in a transaction spoils the answer for all; the first
        one without an answer ends the round, and is asked for last in the next.
        """
        late = [one for one in self.assignments.values() if not one.reading]
        if not late or self._clock() < self._again:
            return
        for one in late:
            if one.start is None and not self._locate([one]):
                self.assignments[one.partition] = self.assignments.pop(one.partition)
                return
            self._begin(one)

    def _locate(self, assignments: Sequence[Assignment]) -> bool:
        """Ask for committed offsets; returns whether there was an answer."""
        partitions = [one.partition for one in assignments]
        try:
            committed = self._lane.consumer.committed(partitions, self._settings.committed_timeout)
        except Retry as error:
            self._again = self._clock() + self._settings.backoff
            self._observer.tally(self._lane.name, Tally.UNANSWERED)
            logger.warning("the committed offsets of %s are not known yet: %s", partitions, error)
            return False
        for one in assignments:
            position = committed.get(one.partition)
            one.begin(position, self._done_beyond(position))
        return True

    def _done_beyond(self, position: Position | None) -> frozenset[int]:
        if position is None:
            return frozenset()
        try:
            return decode(position.offset, position.metadata)
        except Unreadable as error:
            self._observer.tally(self._lane.name, Tally.MALFORMED_METADATA)
            place = f"{position.topic}[{position.partition}]@{position.offset}"
            logger.warning("at %s: %s; beginning there, some work is repeated", place, error)
            return frozenset()

    def _begin(self, assignment: Assignment) -> None:
        self._lane.consumer.resume([assignment.partition])
        assignment.paused = False
        self._lane.consumer.assign([assignment.start or Position(*assignment.partition, BEGINNING)])
        assignment.reading = True

    def _drop(self, partitions: Sequence[Partition]) -> None:
        for partition in partitions:
            former = self.assignments.pop(partition, None)
            if former is not None:
                former.drop()
        self._work.abandon_stale()
