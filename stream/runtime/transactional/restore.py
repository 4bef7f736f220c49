"""Makes assigned shards whole, a step at a time, while those that are whole already flow."""

import time
from collections.abc import Mapping

from msgspec import Struct

from stream.core.errors import Misconfigured, Unavailable, Unreadable
from stream.ports import (
    BEGINNING,
    Changelog,
    Clock,
    Consumer,
    EndOfPartition,
    KeyedProcessor,
    Partition,
    Position,
    Record,
    RecordsLost,
)
from stream.runtime.transactional.assignment import Assignment
from stream.runtime.transactional.observer import Observer, Tally
from stream.runtime.transactional.progress import KEY, NOWHERE, TAIL, Progress, decode_progress
from stream.runtime.transactional.settings import Settings
from stream.runtime.transactional.shard import Shard


class Reading(Struct, eq=False):
    """One shard's changelog being read: up to `end`, from `at` on.

    `tail`: the shard has its state; only the last progress is looked for, to see whether it is still good.
    """

    shard: Shard
    committed: Mapping[Partition, Position]
    end: int
    at: int = 0
    tail: bool = False
    entries: int = 0
    progress: Progress | None = None


class Restorer:
    """The order matters:

    1. the group's committed positions, for which the broker waits out every transaction that holds one;
    2. the changelog's true end, which has what those transactions wrote;
    3. its committed entries up to there; the last progress among them may be ahead of the positions, where
       the broker has forgotten some.

    The other way round, a transaction that ends between the steps is in the positions and not in the state.
    """

    def __init__(
        self,
        changelog: Changelog,
        consumer: Consumer,
        assignment: Assignment,
        processor: KeyedProcessor,
        settings: Settings,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self._changelog = changelog
        self._consumer = consumer
        self._assignment = assignment
        self._processor = processor
        self._settings = settings
        self._clock = clock
        self._observer = observer
        self._readings: dict[int, Reading] = {}
        self._refused: list[int] = []
        self._next = 0.0
        self._epoch = 0
        self._identities: dict[str, str] | None = None

    @property
    def busy(self) -> bool:
        """Whether a changelog is being read."""
        return bool(self._readings)

    @property
    def to_read(self) -> int:
        """Changelog offsets that are still to be read."""
        return sum(max(0, each.end - each.at) for each in self._readings.values())

    def advance(self) -> None:
        """Do what can be done now: ask, or read on."""
        self._drop_what_went()
        waiting = {
            number: shard
            for number, shard in self._assignment.shards.items()
            if not shard.ready and number not in self._readings
        }
        self._refused = [number for number in self._refused if number in waiting]
        if waiting and time.monotonic() >= self._next:
            self._ask(waiting)
        if self._readings:
            self._read()

    def _drop_what_went(self) -> None:
        for number, reading in list(self._readings.items()):
            if self._assignment.shards.get(number) is not reading.shard or reading.shard.ready:
                self._stop(number)
        if self._epoch != self._assignment.epoch:
            self._epoch = self._assignment.epoch
            self._refused.clear()
            self._identities = None
            self._next = 0.0

    def _stop(self, number: int) -> None:
        del self._readings[number]
        self._changelog.remove((self._settings.changelog, number))

    def _ask(self, waiting: dict[int, Shard]) -> None:
        """All at once; where one is refused, each for itself, so that it does not hold the others up."""
        fresh = {number: shard for number, shard in waiting.items() if number not in self._refused}
        if not fresh:
            # Later on one a turn, in turn: the answer may take long, and other shards flow meanwhile.
            number = self._refused.pop(0)
            if not self._try([waiting[number]], self._settings.committed_probe):
                self._refused.append(number)
        elif not self._try(list(fresh.values()), self._settings.committed_timeout):
            self._refused += [
                number
                for number, shard in fresh.items()
                if not self._try([shard], self._settings.committed_probe)
            ]
        else:
            return
        self._next = time.monotonic() + self._settings.committed_pause

    def _try(self, shards: list[Shard], timeout: float) -> bool:
        places = [place for shard in shards for place in shard.partitions]
        try:
            if self._identities is None:
                topics, longest = self._settings.topics, self._settings.committed_timeout
                self._identities = self._changelog.identities(topics, longest)
            committed = self._consumer.committed(places, timeout)
            for shard in shards:
                self._begin(shard, committed, timeout)
        except Unavailable:
            self._observer.tally(Tally.UNANSWERED)
            return False
        return True

    def _begin(self, shard: Shard, committed: Mapping[Partition, Position], timeout: float) -> None:
        if shard.ready or shard.number in self._readings:
            return
        end = self._changelog.end((self._settings.changelog, shard.number), timeout)
        start = end - TAIL if shard.whole and end > TAIL else BEGINNING
        if not shard.whole:
            shard.empty(committed)
        shard.identities = self._identities or {}
        self._readings[shard.number] = Reading(shard, committed, end, max(0, start), tail=shard.whole)
        self._changelog.add(Position(self._settings.changelog, shard.number, start))

    def _read(self) -> None:
        flowing = any(shard.ready for shard in self._assignment.shards.values())
        now = self._clock()
        wait = self._settings.idle / 10 if flowing else self._settings.idle
        for entry in self._changelog.consume(self._settings.restore_batch, wait):
            reading = self._readings.get(entry.partition)
            if reading is None:
                continue
            if type(entry) is Record:
                reading.at = entry.offset + 1
                _put(reading, entry, now)
            elif type(entry) is RecordsLost:
                if reading.tail:  # the log begins later than that: what it has is read whole
                    reading.shard.empty(reading.committed)
                self._stop(entry.partition)
            elif type(entry) is EndOfPartition and entry.offset >= reading.end:
                self._finish(reading)

    def _finish(self, reading: Reading) -> None:
        shard = reading.shard
        self._stop(shard.number)
        if reading.tail and not self._still_good(reading):
            shard.empty(reading.committed)  # the next turn reads it whole: more of this tail may be in hand
            return
        if reading.tail:
            self._observer.tally(Tally.KEPT)
        else:
            if _lacks_what_is_committed(reading):
                self._observer.tally(Tally.STATE_LOST)
            if shard.reach(_of_the_same_topics(reading)):
                self._observer.tally(Tally.BEHIND_STATE)
            self._processor.restored(shard.number, (reading.progress or NOWHERE).kept)
            self._observer.restored(shard.number, reading.entries, time.monotonic() - shard.since)
        self._assignment.release(shard)

    def _still_good(self, reading: Reading) -> bool:
        """Nobody else has written since, and what this process was not told of did not count."""
        if reading.progress is None:
            return reading.end == 0
        return reading.progress.stamp == reading.shard.stamp


def _of_the_same_topics(reading: Reading) -> Progress:
    """A topic of which the group has no position may have been made anew; then it is read from its beginning.

    Its identity tells: a coordinator that has forgotten a partition's first commit has no position either.
    """
    progress, shard = reading.progress or NOWHERE, reading.shard
    same = {
        name: end
        for name, end in progress.offsets.items()
        if (name, shard.number) in reading.committed
        or (name in progress.topics and progress.topics[name] == shard.identities.get(name))
    }
    return Progress(progress.stamp, same)


def _lacks_what_is_committed(reading: Reading) -> bool:
    """State and positions are of the same transactions: no position is later than the last progress."""
    progress = reading.progress
    if progress is None:
        return not reading.entries and any(mark.offset > 0 for mark in _committed(reading))
    return any(mark.offset > progress.offsets.get(mark.topic, 0) for mark in _committed(reading))


def _committed(reading: Reading) -> list[Position]:
    found = (reading.committed.get(place) for place in reading.shard.partitions)
    return [mark for mark in found if mark is not None]


def _put(reading: Reading, entry: Record, now: int) -> None:
    try:
        if entry.key == KEY:
            reading.progress = decode_progress(entry.value)
        elif not reading.tail:
            reading.entries += 1
            reading.shard.table.put(entry.key or b"", entry.value, now)
    except Unreadable as error:
        place = f"{entry.topic}[{entry.partition}]@{entry.offset}"
        raise Misconfigured(
            f"the state at {place} cannot be read: {error}. Run the version of Sluice that wrote it; nothing "
            "is lost, and what it holds stays hidden meanwhile"
        ) from error
