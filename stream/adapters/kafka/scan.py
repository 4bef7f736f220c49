"""Reads what lies in topics, for people who look: without a group, nothing committed, nobody disturbed."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from stream.adapters.kafka.codes import PARTITION_EOF, REFUSED
from stream.adapters.kafka.connection import Connection
from stream.adapters.kafka.errors import kafka_error, made, translated
from stream.adapters.kafka.refusal import Refusal
from stream.core.errors import Misconfigured, Unavailable
from stream.core.murmur2 import partition_of
from stream.ports import BEGINNING, Partition, Record

_BATCH = 500
_TURN_SECONDS = 0.1
_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE = 86_400_000
"""Milliseconds that whoever reads may take for what he was given: he may ask a model about it."""


class Scan:
    """A `read_committed` reader of any partitions, from the places that it is told.

    Args:
        connection: the cluster.
        patience: seconds without an answer after which the broker counts as gone.
        idle_ms: how long the broker may hold a fetch back where nothing is there; a record ends it at once.
    """

    def __init__(self, connection: Connection, patience: float = 10.0, idle_ms: int = 50) -> None:
        self._patience = patience
        self._where = connection.bootstrap
        self._refusal = Refusal(connection)
        self._client = made(
            Consumer,
            {
                **connection.as_librdkafka(),
                "error_cb": self._refusal.heard,
                "group.id": f"{connection.client}-scan",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "max.poll.interval.ms": _LONGEST_PAUSE,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": idle_ms,
                "fetch.queue.backoff.ms": 20,
                "queued.max.messages.kbytes": 16_384,
            },
        )

    def partitions(self, topic: str) -> list[Partition]:
        """Every partition of a topic.

        Raises:
            Misconfigured: the topic is not there, or not for this client.
            Unavailable: no answer.
        """
        asked = self._asked(
            f"looking up {topic}", lambda: self._client.list_topics(topic, timeout=self._patience)
        )
        found = asked.topics[topic]
        if found.error is not None and found.error.code() in REFUSED:
            raise translated(found.error, f"looking up {topic} on {self._where}")
        if found.error is not None or not found.partitions:
            raise Misconfigured(f"topic {topic} is not on {self._where}: make it by `sluice topics create`")
        return [(topic, number) for number in sorted(found.partitions)]

    def partition_of(self, topic: str, key: str) -> Partition:
        """The one partition of a topic in which the records of a key lie. Raises as `partitions` does."""
        return topic, partition_of(key.encode(), len(self.partitions(topic)))

    def ends(self, partitions: Iterable[Partition]) -> dict[Partition, int]:
        """The offset after the last record of each. Raises `Unavailable`."""
        return {partition: self._end(TopicPartition(*partition)) for partition in partitions}

    def _end(self, place: TopicPartition) -> int:
        ends: tuple[int, int] = self._asked(
            f"looking for the end of {place.topic}",
            lambda: self._client.get_watermark_offsets(place, timeout=self._patience),
        )
        return ends[1]

    def amount(self, partitions: Iterable[Partition], since: int, until: int | None = None) -> int:
        """How many offsets `read` would pass, transactions' marks among them. Raises `Unavailable`."""
        starts = self._at(dict.fromkeys(partitions, BEGINNING), since)
        ends = self._ends_by(starts, until)
        # A partition with nothing since then begins at its end, which Kafka writes as a negative offset.
        return sum(ends[partition] - start for partition, start in starts.items() if start >= 0)

    def read(
        self, partitions: Iterable[Partition], since: int | None = None, until: int | None = None
    ) -> Iterator[Record]:
        """Everything that is there now, in the order of each partition.

        Args:
            partitions: where to look.
            since: leave out what was written before, in ms since 1970.
            until: end at the first record of each partition that was written then or later.

        Raises:
            Unavailable: the broker stopped answering.
        """
        starts = dict.fromkeys(partitions, BEGINNING)
        if since is not None:
            starts = self._at(starts, since)
        ends = self._ends_by(starts, until)
        left = {partition for partition, end in ends.items() if end > max(0, starts[partition])}
        heard = time.monotonic()
        self._assign({partition: starts[partition] for partition in left})
        while left:
            messages = self._consume()
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > self._patience:
                raise Unavailable(f"{self._where} stopped answering while {sorted(left)} was read")
            for message in messages:
                partition, offset = _place(message)
                if message.error() is None and offset < ends[partition]:
                    yield _record(message)
                if message.error() is not None or offset >= ends[partition] - 1:
                    left.discard(partition)
            if messages:  # once more: whoever reads may have taken his time with them
                heard = time.monotonic()

    def at(self, partition: Partition, offset: int) -> Record | None:
        """The record at one place; None where Kafka no longer has it. What was being read is left off.

        Raises:
            Unavailable: the broker stopped answering.
        """
        place = TopicPartition(*partition)
        first, end = self._asked(
            f"looking into {place.topic}",
            lambda: self._client.get_watermark_offsets(place, timeout=self._patience),
        )
        if not first <= offset < end:
            return None
        self._assign({partition: offset})
        until = time.monotonic() + self._patience
        while time.monotonic() < until:
            for message in self._consume():
                found = message.error() is None and _place(message) == (partition, offset)
                return _record(message) if found else None
        raise Unavailable(f"{self._where} stopped answering while {place.topic} was read")

    def follow(self, starts: Mapping[Partition, int]) -> Iterator[Record | None]:
        """What comes from these offsets (or `BEGINNING`) on, for ever; None about every 0.1 s without any."""
        self._assign(starts)
        while True:
            records = [_record(message) for message in self._consume() if message.error() is None]
            yield from records or (None,)

    def close(self) -> None:
        """Let the client go."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _assign(self, starts: Mapping[Partition, int]) -> None:
        self._client.assign([TopicPartition(*partition, offset) for partition, offset in starts.items()])

    def _ends_by(self, partitions: Iterable[Partition], until: int | None) -> dict[Partition, int]:
        """The ends, or what was written at this time where that comes first."""
        ends = self.ends(partitions)
        if until is None:
            return ends
        # Where nothing was written since, Kafka says so by a negative offset.
        cuts = {partition: offset for partition, offset in self._at(ends, until).items() if offset >= 0}
        return {partition: min(end, cuts.get(partition, end)) for partition, end in ends.items()}

    def _at(self, starts: Mapping[Partition, int], since: int) -> dict[Partition, int]:
        asked = [TopicPartition(*partition, since) for partition in starts]
        found = self._asked(
            "looking for a time", lambda: self._client.offsets_for_times(asked, timeout=self._patience)
        )
        return {(one.topic, one.partition): one.offset for one in found}

    def _consume(self) -> list[Message]:
        """Records and ends of partitions; an error that passes is left to pass."""
        messages = self._client.consume(1, _TURN_SECONDS)
        if messages:
            messages += self._client.consume(_BATCH, 0)
        return [message for message in messages if self._counts(message)]

    def _counts(self, message: Message) -> bool:
        error = message.error()
        if error is None or error.code() == PARTITION_EOF:
            return True
        failure = translated(error, f"reading {message.topic()} on {self._where}")
        if isinstance(failure, Unavailable):
            return False
        raise failure

    def _asked(self, doing: str, question: Callable[[], Any]) -> Any:  # noqa: ANN401 - any answer
        """Ask, and ask again while the broker cannot say: its topic is brand new, or its leader went."""
        until = time.monotonic() + self._patience
        while True:
            try:
                answer = question()
            except KafkaException as raised:
                self._client.poll(0)  # hands on what was said beside the answer
                self._refusal.check()
                error = translated(kafka_error(raised), f"{doing} on {self._where}")
                if not isinstance(error, Unavailable):
                    raise error from raised
                if time.monotonic() > until:
                    hint = "Is a broker there, and kafka.bootstrap_servers right?"
                    raise Unavailable(f"{error}. {hint}") from raised
            else:
                self._refusal.forget()
                return answer
            time.sleep(_PAUSE_SECONDS)


def _place(message: Message) -> tuple[Partition, int]:
    return (message.topic() or "", message.partition() or 0), message.offset() or 0


def _record(message: Message) -> Record:
    (topic, partition), offset = _place(message)
    return Record(topic, partition, offset, message.key(), message.value(), message.timestamp()[1])
