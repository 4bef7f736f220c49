"""What one transaction does: steps over records and timers, laid over the committed state."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from stream.core.errors import Defect, Exit, Oversized, Retry
from stream.ports import UNCHANGED, KeyedProcessor, Outgoing, Position, Record, Step, TransactionalProducer
from stream.runtime.transactional.observer import Observer, Tally
from stream.runtime.transactional.progress import KEY, NOWHERE, Progress, encode_progress
from stream.runtime.transactional.shard import Shard


class Draft(Struct, eq=False):
    """One shard's part: new states by key (None: removed), next offsets of what it read, and all of them."""

    shard: Shard
    overlay: dict[bytes, bytes | None] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    progress: Progress = NOWHERE

    def state_of(self, key: bytes | None) -> bytes | None:
        """A key's state as this transaction leaves it so far."""
        if key is None:
            return None
        if key in self.overlay:
            return self.overlay[key]
        return self.shard.table.entries.get(key)


class Batch:
    """Steps and publishes, into a transaction that is open; changes no shard before `merge`."""

    def __init__(
        self,
        shards: Mapping[int, Shard],
        processor: KeyedProcessor,
        producer: TransactionalProducer,
        changelog: str,
        observer: Observer,
    ) -> None:
        self.outputs = 0
        self._shards = shards
        self._processor = processor
        self._producer = producer
        self._changelog = changelog
        self._observer = observer
        self._drafts: dict[int, Draft] = {}

    def take(self, records: Iterable[Record]) -> None:
        """Step over records; one whose outputs are too large gets the processor's fallback.

        Raises:
            Defect: the processor failed; the message names the record.
        """
        for record in records:
            draft = self._drafts.get(record.partition) or self._open(record.partition)
            state = draft.state_of(record.key)
            try:
                step = self._processor.handle(record, state)
                self._publish(draft, record.key, state, step)
            except Oversized:
                self.overflow(record)
            except (Exit, Retry):
                raise
            except Exception as error:
                raise _defect(error, _place(record)) from error
            draft.read[record.topic] = record.offset + 1

    def overflow(self, record: Record) -> None:
        """Step over a record by the processor's bounded fallback."""
        self._observer.tally(Tally.OVERFLOWED)
        draft = self._drafts.get(record.partition) or self._open(record.partition)
        state = draft.state_of(record.key)
        try:
            self._publish(draft, record.key, state, self._processor.overflow(record, state))
        except (Exit, Retry):
            raise
        except Exception as error:
            raise _defect(error, _place(record)) from error
        draft.read[record.topic] = record.offset + 1

    def wake(self, number: int, keys: Iterable[bytes], now: int) -> None:
        """Step over timers that are due, as far as no record before has put them off."""
        draft = self._drafts.get(number) or self._open(number)
        for key in keys:
            state = draft.state_of(key)
            if state is None or self._processor.head(state)[0] > now:
                continue
            try:
                self._publish(draft, key, state, self._processor.wake(key, state, now))
            except (Exit, Retry):
                raise
            except Exception as error:
                raise _defect(error, f"the timer of key {key!r} in partition {number}") from error

    def _open(self, number: int) -> Draft:
        draft = self._drafts[number] = Draft(self._shards[number])
        return draft

    def _publish(self, draft: Draft, key: bytes | None, before: bytes | None, step: Step) -> None:
        outputs, state = step.outputs, step.state
        if state is UNCHANGED or (state is None and before is None):
            if outputs:
                self._producer.produce(outputs)
        elif key is None:
            raise ValueError("a record without a key cannot have state")
        else:
            entry = Outgoing(self._changelog, key, state, (), draft.shard.number)
            self._producer.produce((*outputs, entry))
            draft.overlay[key] = state
        self.outputs += len(outputs)

    def positions(self, stamp: str) -> list[Position]:
        """The positions of every shard that took part, moved or not; its changelog gets them too.

        Args:
            stamp: names the transaction like no other.
        """
        found = []
        for number, draft in self._drafts.items():
            draft.progress = Progress(
                stamp,
                {
                    topic: max(0, draft.read.get(topic, mark.offset))
                    for topic, mark in draft.shard.marks.items()
                },
                self._processor.kept(number),
                draft.shard.identities,
            )
            entry = Outgoing(self._changelog, KEY, encode_progress(draft.progress), (), number)
            self._producer.produce((entry,))
            found += draft.progress.positions(number)
        return found

    def merge(self, now: int) -> None:
        """The transaction is committed: now it is the shards' state."""
        for draft in self._drafts.values():
            draft.shard.reach(draft.progress)
            draft.shard.expected.update(draft.read)
            put = draft.shard.table.put
            for key, state in draft.overlay.items():
                put(key, state, now)


def _place(record: Record) -> str:
    return f"the record at {record.topic}[{record.partition}]@{record.offset}"


def _defect(error: Exception, place: str) -> Defect:
    return Defect(f"{type(error).__name__} at {place}; it is not lost: mend the fault and start again")
