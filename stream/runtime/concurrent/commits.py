"""Commits one lane's positions: one commit under way at a time, and the current state after a failure."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from stream.core.errors import Exit, Retry
from stream.ports import Position
from stream.runtime.concurrent.assignment import Assignment
from stream.runtime.concurrent.observer import Observer, Tally
from stream.runtime.concurrent.settings import Lane, Settings


class Commits:
    """A broker serves a connection's requests in turn, so a commit sent while a rebalance is going on waits
    for its end and then fails with ILLEGAL_GENERATION. Several of them would fail in a block; one fails
    alone, and what is true after the pause is sent instead.
    """

    def __init__(
        self, lane: Lane, settings: Settings, observer: Observer, clock: Callable[[], float]
    ) -> None:
        self._lane = lane
        self._settings = settings
        self._observer = observer
        self._clock = clock
        self._under_way: Sequence[Assignment] = ()
        self._sent_at = 0.0
        self._next = 0.0
        self.failure: Exit | None = None

    def send(self, assignments: Iterable[Assignment]) -> None:
        """Commit what has changed, if it is time and no commit is under way."""
        now = self._clock()
        if self._under_way and now - self._sent_at >= self._settings.commit_timeout:
            self._failed(self._under_way)
        if self._under_way or now < self._next:
            return
        self._next = now + self._settings.commit_every
        said, positions = _unsaid(assignments)
        if positions:
            self._under_way, self._sent_at = said, now
            self._lane.consumer.commit(positions, partial(self._answered, said))

    def send_now(self, assignments: Sequence[Assignment]) -> None:
        """Commit all that is done and wait for the answer: nobody may be here to send it again."""
        for assignment in assignments:
            assignment.doubt()  # the one under way may yet fail
        said, positions = _unsaid(assignments)
        if not positions:
            return
        try:
            self._lane.consumer.commit_now(positions)
        except Retry:
            self._failed(said)
        else:
            self._observer.tally(self._lane.name, Tally.COMMITTED)

    def _answered(self, said: Sequence[Assignment], error: Exception | None) -> None:
        if said is not self._under_way:
            return  # given up before
        self._under_way = ()
        if error is None:
            self._observer.tally(self._lane.name, Tally.COMMITTED)
            return
        self._failed(said)
        if isinstance(error, Exit):
            self.failure = error

    def _failed(self, said: Iterable[Assignment]) -> None:
        self._under_way = ()
        self._next = self._clock() + self._settings.backoff
        self._observer.tally(self._lane.name, Tally.COMMIT_FAILED)
        for assignment in said:
            assignment.doubt()


def _unsaid(assignments: Iterable[Assignment]) -> tuple[list[Assignment], list[Position]]:
    said, positions = [], []
    for assignment in assignments:
        position = assignment.unsaid()
        if position is not None:
            said.append(assignment)
            positions.append(position)
    return said, positions
