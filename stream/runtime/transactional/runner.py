"""The loop: read, transact, merge; and what follows each way that a transaction can fail."""

import secrets
import time
from collections.abc import Sequence
from functools import partial
from itertools import count

from stream.core.errors import Defect, Oversized, ProducerLost, TransactionAborted
from stream.ports import NEVER, Changelog, Clock, Consumer, KeyedProcessor, Record
from stream.runtime.transactional.assignment import Assignment
from stream.runtime.transactional.batch import Batch
from stream.runtime.transactional.identity import Connect, Identity
from stream.runtime.transactional.observer import Levels, Observer, Silent, Tally
from stream.runtime.transactional.restore import Restorer
from stream.runtime.transactional.settings import Settings
from stream.runtime.transactional.shard import Shard
from stream.runtime.transactional.table import Table

REPORT_EVERY = 1.0
NAP = 0.05
"""Seconds within which a pause hears that the process is to stop."""

Due = Sequence[tuple[int, list[bytes]]]
"""Shards' numbers, each with the keys whose timers are due."""


class Runner:
    """Runs a keyed processor over its topics, exactly once. Everything happens on the thread of `run`.

    `turned` is when the last turn began, in seconds of the monotonic clock.

    Args:
        consumer: a member of the group, with the strategy `range`; it need not report ends.
        connect: makes a transactional producer, always of the same id.
        changelog: reads the changelog topic back.
        processor: what is done to each record.
        settings: topics and bounds.
        clock: the time that timers go by.
        observer: who hears of what happens.
    """

    def __init__(
        self,
        consumer: Consumer,
        connect: Connect,
        changelog: Changelog,
        processor: KeyedProcessor,
        settings: Settings,
        clock: Clock,
        observer: Observer = Silent(),  # noqa: B008 - stateless
    ) -> None:
        self._stopping = False
        self._consumer = consumer
        self._changelog = changelog
        self._processor = processor
        self._settings = settings
        self._clock = clock
        self._observer = observer
        self._identity = Identity(connect, self._pause, settings)
        table = partial(Table, processor.head)
        self._assignment = Assignment(consumer, settings.topics, table, observer)
        self._restorer = Restorer(changelog, consumer, self._assignment, processor, settings, clock, observer)
        self._process = secrets.token_hex(4)
        self._transactions = count(1)
        self._failures = 0
        self._began = 0.0
        self._reported = 0.0
        self.turned = time.monotonic()

    def stop(self) -> None:
        """Ask `run` to end after the batch in hand. Safe from any thread, and from a signal handler."""
        # No Event: its lock, taken in a signal handler, may be the one that this very thread holds.
        self._stopping = True

    def run(self) -> None:
        """Work until `stop`.

        Raises:
            Exit: the process cannot go on, with the message for its operator.
        """
        self.open()
        try:
            while not self._stopping:
                self.turn()
        finally:
            self.close()

    def open(self) -> None:
        """Take the identity, warm the restore up, and only then join the group."""
        self._identity.open()
        self._changelog.warm_up()
        self._consumer.subscribe(self._settings.topics, self._assignment)

    def close(self) -> None:
        """Leave nothing open behind."""
        self._identity.close()
        self._consumer.close()
        self._changelog.close()

    def turn(self) -> None:
        """One step of the loop."""
        self.turned = time.monotonic()
        self._assignment.settle()
        self._restorer.advance()
        records = self._read()
        due = self._due()
        if records or due:
            self._process_batch(records, due)
        self._report()

    def _read(self) -> list[Record]:
        self._pause(self._began + self._settings.pace - time.monotonic())
        idle = 0.0 if self._restorer.busy else self._settings.idle
        return self._assignment.admitted(self._consumer.consume(self._settings.batch, idle))

    def _due(self) -> Due:
        now = self._clock()
        return [
            (number, keys)
            for number, shard in self._assignment.shards.items()
            if shard.ready and (keys := shard.table.due(now, self._settings.wakes))
        ]

    def _process_batch(self, records: list[Record], due: Due) -> None:
        try:
            self._attempt(records, due)
        except TransactionAborted:
            self._run_again()
        except ProducerLost as lost:
            self._start_over(lost)
        else:
            self._failures = 0

    def _attempt(self, records: list[Record], due: Due) -> None:
        """Transact; where the broker refuses a size, halve until the record that it is about stands alone."""
        try:
            self._transact(records, due)
        except Oversized as refused:
            self._identity.replace(refused)
            if not records:
                raise Defect(f"what a timer publishes is too large for its topic: {refused}") from refused
            if len(records) == 1:
                self._transact_fallback(records[0])
                return
            middle = len(records) // 2
            # Timers are left out: each has a reference in the near future.
            self._attempt(records[:middle], ())
            self._attempt(records[middle:], ())

    def _transact(self, records: list[Record], due: Due) -> None:
        batch = self._begin()
        batch.take(records)
        now = self._clock()
        for number, keys in due:
            batch.wake(number, keys, now)
        self._commit(batch, len(records), sum(len(keys) for _, keys in due))

    def _transact_fallback(self, record: Record) -> None:
        batch = self._begin()
        batch.overflow(record)
        try:
            self._commit(batch, 1, 0)
        except Oversized as refused:
            place = f"{record.topic}[{record.partition}]@{record.offset}"
            raise Defect(
                f"the fallback for the record at {place} is too large as well: {refused}"
            ) from refused

    def _begin(self) -> Batch:
        self._began = time.monotonic()
        producer = self._identity.producer
        producer.begin()
        return Batch(
            self._assignment.shards, self._processor, producer, self._settings.changelog, self._observer
        )

    def _commit(self, batch: Batch, records: int, wakes: int) -> None:
        """Positions and membership fence off a former owner: also where no position moved."""
        membership = self._assignment.membership
        if membership is None:
            raise TransactionAborted("the partitions went away")
        producer = self._identity.producer
        positions = batch.positions(f"{self._process}-{next(self._transactions)}")
        producer.send_offsets(positions, membership)
        producer.commit()
        batch.merge(self._clock())
        self._observer.committed(records, wakes, batch.outputs, time.monotonic() - self._began)

    def _run_again(self) -> None:
        """Nothing of the transaction counts: abort it, and read its records again."""
        self._observer.tally(Tally.ABORTED)
        try:
            self._identity.producer.abort()
        except ProducerLost as lost:
            self._start_over(lost)
            return
        self._assignment.rewind()
        self._back_off()

    def _start_over(self, why: ProducerLost) -> None:
        """Whether the transaction counts is not known: settle it by a new producer, and look.

        Running it again without looking could double it.
        """
        self._observer.tally(Tally.REBUILT)
        self._identity.replace(why)
        self._assignment.suspend()
        self._back_off()

    def _back_off(self) -> None:
        # Without a pause, a refused member wrote hundreds of thousands of aborted records.
        first, most = self._settings.back_off_first, self._settings.back_off_most
        self._pause(min(most, first * 2**self._failures))
        self._failures = min(self._failures + 1, 10)

    def _pause(self, seconds: float) -> bool:
        """Wait, unless the process is to stop; returns whether it is."""
        until = time.monotonic() + seconds
        while not self._stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, NAP))
        return self._stopping

    @property
    def live(self) -> frozenset[int]:
        """The partitions that are this runner's now, and whole."""
        return frozenset(number for number, shard in self._assignment.shards.items() if shard.ready)

    def _report(self) -> None:
        now = time.monotonic()
        if now - self._reported < REPORT_EVERY:
            return
        self._reported = now
        shards = list(self._assignment.shards.values())
        self._observer.levels(
            Levels(
                joined=self._assignment.membership is not None,
                assigned=len(shards),
                live=sum(shard.ready for shard in shards),
                entries=sum(len(shard.table.entries) for shard in shards),
                to_restore=self._restorer.to_read,
                waiting_seconds=max((now - shard.since for shard in shards if not shard.ready), default=0.0),
                lag=sum(self._lag(shard) for shard in shards),
                oldest_wait_seconds=self._oldest_wait(shards),
                weight=sum(shard.table.weight for shard in shards),
            )
        )

    def _oldest_wait(self, shards: Sequence[Shard]) -> float:
        oldest = min((shard.table.waits.oldest for shard in shards), default=NEVER)
        return 0.0 if oldest == NEVER else max(0.0, (self._clock() - oldest) / 1_000)

    def _lag(self, shard: Shard) -> int:
        ends = ((self._consumer.end(place), shard.marks[place[0]].offset) for place in shard.partitions)
        return sum(max(0, end - max(0, position)) for end, position in ends if end is not None)
