"""Takes each admitted record to its end: handled, tried again, handed to people, or kept as a dead letter."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import count

from stream.core.errors import Escalate, Exit, Oversized, Poison, Retry, SluiceError, Unavailable
from stream.ports import Outgoing, Processor, Producer, Record
from stream.runtime.concurrent.executor import Executor, Result
from stream.runtime.concurrent.fallbacks import Fallbacks
from stream.runtime.concurrent.item import Item, Stage
from stream.runtime.concurrent.observer import Ending, Observer, Tally
from stream.runtime.concurrent.outbox import Outbox
from stream.runtime.concurrent.settings import Settings
from stream.runtime.concurrent.uptime import Uptime
from stream.runtime.concurrent.window import Window

Supersedes = Callable[[Record, Record], bool]
"""Whether the first record makes the second, of the same key, not worth finishing. Must not raise."""

ACKNOWLEDGEMENT = 0.005
"""Seconds to wait for acknowledgements at a time, since handlers that end meanwhile are not heard."""


class Work:
    """The items in flight. Knows nothing of consumers; lives on their thread.

    The order in which an item ends: its outputs are produced, all of them acknowledged, its offset
    marked done, its slot given back. A process that dies in between does it again.
    """

    def __init__(
        self,
        window: Window,
        processor: Processor,
        executor: Executor,
        producer: Producer,
        settings: Settings,
        observer: Observer,
        clock: Callable[[], float],
        supersedes: Supersedes,
    ) -> None:
        self._window = window
        self._executor = executor
        self._settings = settings
        self._observer = observer
        self._clock = clock
        self._uptime = Uptime(clock, settings.absence)
        self._supersedes = supersedes
        self._fallbacks = Fallbacks(processor, observer)
        self._outbox = Outbox(producer, self._too_large, self._acknowledged)
        self._cancelled: deque[Item] = deque()
        self._resting: list[tuple[float, int, Item]] = []
        self._turn = count()
        self._failure: Exit | None = None

    def start(self, item: Item) -> None:
        """Take in an item that the window has room for."""
        item.begun = self._uptime()
        self._window.enter(item)
        self._observer.tally(item.lane, Tally.ADMITTED)
        self._executor.start(item)

    def settle(self) -> bool:
        """Act on all that ended, was acknowledged or fell due; returns whether anything came of it."""
        before = len(self._window)
        self._outbox.poll()
        moved = False
        for item, result in self._executor.ended():
            moved = True
            if item in self._window and item.stage is Stage.RUNNING:
                self._end(item, result)
        self._wake()
        self._expire()
        self._give_up()
        return moved or len(self._window) < before

    def wait(self, timeout: float) -> None:
        """Wait for an acknowledgement or else for a handler's end: each one frees a slot."""
        if self._outbox.waiting:
            self._outbox.poll(min(timeout, ACKNOWLEDGEMENT))
        else:
            self._executor.wait(timeout)

    def check(self) -> None:
        """Raise what this process cannot outlive, if it was met.

        Raises:
            Exit: a handler asked for it, or an output was refused for good.
        """
        failure = self._failure or self._outbox.failure
        if failure is not None:
            raise failure

    def supersede(self, record: Record) -> None:
        """Stop what a record just read makes pointless: it counts as done, without outputs."""
        for item in self._window.same_key(record.key):
            if self._can_stop(item) and self._supersedes(record, item.record):
                self._stop(item, Ending.SUPERSEDED)

    def abandon_stale(self) -> None:
        """Stop what belongs to partitions that went; their slots come back as the handlers end."""
        for item in self._window:
            if item.stale and self._can_stop(item):
                self._stop(item, Ending.STALE)

    def abandon_all(self) -> None:
        """Stop everything; nothing more counts as done, but what is on its way may still arrive."""
        for item in self._window:
            if self._can_stop(item):
                self._stop(item, Ending.UNFINISHED)

    def flush(self, timeout: float) -> None:
        """Publish what has ended, and wait up to `timeout` seconds for acknowledgements."""
        self.settle()
        self._outbox.flush(timeout)

    def _end(self, item: Item, result: Result) -> None:
        """A handler ended, or was given up."""
        if isinstance(result, tuple):
            self._uptime.back()
        if isinstance(result, Exit):
            self._failure = result
        elif item.stale:
            self._leave(item, Ending.STALE)
        elif item.ending is Ending.UNFINISHED:
            self._leave(item, Ending.UNFINISHED)
        elif item.ending is Ending.SUPERSEDED:
            self._publish(item, (), Ending.SUPERSEDED)
        elif isinstance(result, tuple):
            self._publish(item, result, Ending.COMPLETED)
        elif item.ending is Ending.ESCALATED:
            self._escalate(item, self._overdue(item))
        else:
            self._fail(item, result)

    def _fail(self, item: Item, error: BaseException) -> None:
        """The error's class says what follows."""
        if isinstance(error, Retry):
            self._rest(item, error)
        elif isinstance(error, Poison):
            self._publish(item, (self._fallbacks.dead_letter(item, error),), Ending.DEAD_LETTERED)
        elif isinstance(error, Escalate):
            self._escalate(item, error)
        else:
            self._escalate(item, self._fallbacks.unexpected(item, error))

    def _escalate(self, item: Item, error: SluiceError) -> None:
        self._publish(item, *self._fallbacks.escalate(item, error))

    def _publish(self, item: Item, outputs: Sequence[Outgoing], ending: Ending) -> None:
        item.ending = ending
        self._outbox.publish(item, outputs)

    def _too_large(self, item: Item, error: Oversized) -> Outgoing:
        self._observer.tally(item.lane, Tally.OVERSIZED)
        item.ending = Ending.DEAD_LETTERED
        return self._fallbacks.dead_letter(item, error)

    def _acknowledged(self, item: Item) -> None:
        if item.stale:
            self._leave(item, Ending.STALE)
            return
        item.complete()
        self._leave(item, item.ending or Ending.COMPLETED)

    def _leave(self, item: Item, ending: Ending) -> None:
        self._window.leave(item)
        self._observer.ended(item.lane, ending, self._clock() - item.since)

    def _rest(self, item: Item, error: Retry) -> None:
        if isinstance(error, Unavailable):
            self._uptime.away()
        pause = min(self._settings.retry_first * 2**item.tries, self._settings.retry_most)
        item.tries += 1
        item.error = error
        item.stage = Stage.RESTING
        self._observer.tally(item.lane, Tally.RETRIED)
        heappush(self._resting, (self._clock() + pause, next(self._turn), item))

    def _wake(self) -> None:
        now = self._clock()
        while self._resting and self._resting[0][0] <= now:
            item = heappop(self._resting)[2]
            if item.stage is Stage.RESTING and item in self._window:
                item.stage = Stage.RUNNING
                self._executor.start(item)

    def _expire(self) -> None:
        """Hand what is overdue to people."""
        for item in self._window.overdue(self._uptime()):
            if self._can_stop(item):
                self._observer.tally(item.lane, Tally.OVERDUE)
                self._stop(item, Ending.ESCALATED)

    def _give_up(self) -> None:
        """Wait no longer for handlers that were cancelled and do not end."""
        patient_since = self._clock() - self._settings.patience
        while self._cancelled and self._cancelled[0].cancelled_at <= patient_since:
            item = self._cancelled.popleft()
            if item in self._window and item.stage is Stage.RUNNING:
                self._observer.tally(item.lane, Tally.UNRESPONSIVE)
                self._end(item, asyncio.CancelledError())

    def _overdue(self, item: Item) -> Escalate:
        last = f"; the last try met: {item.error}" if item.error else ""
        return Escalate(f"no answer within {self._window.deadlines[item.lane]:g} s{last}")

    def _can_stop(self, item: Item) -> bool:
        return item.ending is None and item.stage is not Stage.PUBLISHING

    def _stop(self, item: Item, ending: Ending) -> None:
        item.ending = ending
        item.cancelled_at = self._clock()
        if item.stage is Stage.RUNNING:
            self._cancelled.append(item)
            self._executor.cancel(item)
        else:
            self._end(item, asyncio.CancelledError())
