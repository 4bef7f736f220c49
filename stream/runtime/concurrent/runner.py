"""The Kafka thread of a concurrent process: all its consumers, its producer, and nothing that blocks."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from stream.ports import Processor, Producer, Record
from stream.runtime.concurrent.executor import Executor
from stream.runtime.concurrent.intake import Intake
from stream.runtime.concurrent.observer import Observer, Silent
from stream.runtime.concurrent.settings import Lane, Settings, check
from stream.runtime.concurrent.window import Window
from stream.runtime.concurrent.work import Supersedes, Work

REPORT_EVERY = 1.0
"""Seconds between two reports of the lanes' levels."""


def never(_later: Record, _earlier: Record) -> bool:
    """No record makes another pointless."""
    return False


class Runner:
    """Handles the records of its lanes at least once, many at a time, in whatever order they end.

    `run` is the whole life of the thread; `turn` is one step of it, and everything that happens between
    Kafka and the handlers happens in a turn, on the one thread that calls it.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        producer: Producer,
        processor: Processor,
        executor: Executor,
        settings: Settings = Settings(),  # noqa: B008 frozen
        observer: Observer = Silent(),  # noqa: B008 stateless
        *,
        supersedes: Supersedes = never,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Lanes come in the order of their priority. The runner closes their consumers, and the producer.

        Raises:
            Misconfigured: a lane could never get a slot.
        """
        check(settings, lanes)
        self._settings = settings
        self._producer = producer
        self._clock = clock
        self._window = Window(settings, lanes)
        self._work = Work(self._window, processor, executor, producer, settings, observer, clock, supersedes)
        self._intakes = [Intake(lane, self._window, self._work, settings, observer, clock) for lane in lanes]
        self._stopping = threading.Event()
        self._next_report = 0.0

    @property
    def in_flight(self) -> int:
        """How many records are in the window."""
        return len(self._window)

    @property
    def drains_within(self) -> float:
        """Seconds after `stop` within which what is in flight ends, or is left to another process."""
        return self._settings.drain

    def run(self) -> None:
        """Work until `stop`, then drain.

        Raises:
            Exit: this process cannot go on; what was done is committed, the rest will run again.
        """
        try:
            self.subscribe()
            while not self._stopping.is_set():
                self.turn()
            self.drain()
        finally:
            self.close()

    def stop(self) -> None:
        """Ask `run` to drain and return. May be called from any thread, more than once."""
        self._stopping.set()

    def subscribe(self) -> None:
        """Join every lane's group."""
        for intake in self._intakes:
            intake.subscribe()

    def turn(self) -> None:
        """One step, in this order, so that a slot that comes free is filled in the same turn.

        1. What ended is published; what was acknowledged is done. With nothing of the kind, wait for it a
           little or, with nothing in flight, for records.
        2. Each lane is read, by priority; partitions come and go meanwhile.
        3. What fits is admitted, the rest holds its partition back.
        4. Positions are committed when it is time.

        Raises:
            Exit: this process cannot go on.
        """
        timeout = 0.0
        if not self._work.settle():
            if self.in_flight:
                self._work.wait(self._settings.idle)
                self._work.settle()
            else:
                timeout = self._settings.idle / len(self._intakes)
        for intake in self._intakes:
            intake.read(timeout)
            intake.rebalance.settle()
            intake.admit()
            intake.throttle()
            intake.commit()
        self._check()
        self._report()

    def drain(self) -> None:
        """Take nothing in, and let what is in flight end, for up to the settings' `drain` seconds."""
        for intake in self._intakes:
            intake.stop()
        until = self._clock() + self._settings.drain
        while self.in_flight and self._clock() < until:
            self.turn()

    def close(self) -> None:
        """Stop what still runs, commit all that is done, leave the groups."""
        with ExitStack() as closing:
            closing.callback(self._producer.close)
            for intake in self._intakes:
                closing.callback(intake.close)
            self._work.abandon_all()

    def _check(self) -> None:
        self._work.check()
        for intake in self._intakes:
            if intake.commits.failure is not None:
                raise intake.commits.failure

    def _report(self) -> None:
        if self._clock() >= self._next_report:
            self._next_report = self._clock() + REPORT_EVERY
            for intake in self._intakes:
                intake.report()
