"""The `Consumer` port on confluent-kafka."""

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Thread

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition
from msgspec.structs import replace

from stream.adapters.kafka.codes import AUTO_OFFSET_RESET, PARTITION_EOF
from stream.adapters.kafka.connection import CLIENT_LOG, Connection
from stream.adapters.kafka.consumer_settings import ConsumerSettings
from stream.adapters.kafka.errors import kafka_error, translated
from stream.core.errors import Exit, Fenced, ProducerLost, Unavailable
from stream.ports import (
    Consumed,
    Done,
    EndOfPartition,
    Membership,
    Partition,
    Position,
    RebalanceListener,
    Record,
    RecordsLost,
    check_metadata,
)

CLOSING_S = 5.0
"""How long to wait for the broker's word when leaving the group."""


class KafkaConsumer:
    """A member of a consumer group. Offsets are committed only when it is told to."""

    def __init__(self, connection: Connection, settings: ConsumerSettings) -> None:
        self._settings = settings
        self._cooperative = settings.strategy == "cooperative-sticky"
        self._awaited: deque[Done] = deque()
        self._client = Consumer(
            {**connection.as_librdkafka(), **settings.as_librdkafka(), "on_commit": self._committed}
        )

    def subscribe(self, topics: Sequence[str], listener: RebalanceListener) -> None:
        """See `stream.ports.Consumer`."""

        def assigned(_: Consumer, partitions: list[TopicPartition]) -> None:
            listener.assigned(_named(partitions))

        def revoked(_: Consumer, partitions: list[TopicPartition]) -> None:
            listener.revoked(_named(partitions))
            self._release(partitions)

        def lost(_: Consumer, partitions: list[TopicPartition]) -> None:
            listener.lost(_named(partitions))
            self._release(partitions)

        self._client.subscribe(list(topics), on_assign=assigned, on_revoke=revoked, on_lost=lost)

    def consume(self, limit: int, timeout: float) -> list[Consumed]:
        """See `stream.ports.Consumer`."""
        # librdkafka's own call waits its whole time-out for a full batch; so: the first one, then the rest.
        messages = self._client.consume(1, timeout)
        if messages and limit > 1:
            messages += self._client.consume(limit - 1, 0)
        found: list[Consumed] = []
        record = _whole if self._settings.headers else _without_headers
        for message in messages:
            error = message.error()
            if error is None:
                found.append(record(message))
            elif (notice := self._notice(error, message)) is not None:
                found.append(notice)
        return found

    def _notice(self, error: KafkaError, message: Message) -> Consumed | None:
        topic, partition, offset = message.topic(), message.partition(), message.offset()
        if error.code() == PARTITION_EOF:
            return EndOfPartition(topic, partition, offset)  # type: ignore[arg-type]
        if error.code() == AUTO_OFFSET_RESET:
            return RecordsLost(topic, partition, offset)  # type: ignore[arg-type]
        what = f"consuming {topic or 'its topics'} as a member of group {self._settings.group}"
        failure = translated(error, what)
        if isinstance(failure, ProducerLost):
            raise Fenced(f"{failure}; another live process has this one's name: give each its own")
        if isinstance(failure, Exit):
            raise failure
        CLIENT_LOG.warning("%s", failure)
        return None

    def committed(self, partitions: Sequence[Partition], timeout: float) -> dict[Partition, Position]:
        """See `stream.ports.Consumer`."""
        doing = f"reading the committed offsets of group {self._settings.group}"
        try:
            found = self._client.committed([TopicPartition(*each) for each in partitions], timeout=timeout)
        except KafkaException as raised:
            raise translated(kafka_error(raised), doing) from raised
        for each in found:
            if each.error is not None:
                raise translated(each.error, doing)
        return {
            (each.topic, each.partition): Position(
                each.topic, each.partition, each.offset, each.metadata or ""
            )
            for each in found
            if each.offset >= 0
        }

    def membership(self) -> Membership:
        """See `stream.ports.Consumer`."""
        token: Membership = self._client.consumer_group_metadata()
        return token

    def assign(self, positions: Iterable[Position]) -> None:
        """See `stream.ports.Consumer`."""
        wanted = [TopicPartition(each.topic, each.partition, each.offset) for each in positions]
        if not self._cooperative:
            self._client.assign(wanted)
            return
        read = {(each.topic, each.partition) for each in self._client.assignment()}
        again = [each for each in wanted if (each.topic, each.partition) in read]
        if again:
            self._client.incremental_unassign(again)
        self._client.incremental_assign(wanted)

    def _release(self, partitions: list[TopicPartition]) -> None:
        if self._cooperative:
            self._client.incremental_unassign(partitions)
        else:
            self._client.unassign()

    def seek(self, position: Position) -> None:
        """See `stream.ports.Consumer`."""
        try:
            self._client.seek(TopicPartition(position.topic, position.partition, position.offset))
        except KafkaException as raised:
            raise Unavailable(
                f"seeking {position.topic}[{position.partition}] to {position.offset}: {raised}"
            ) from raised

    def pause(self, partitions: Iterable[Partition]) -> None:
        """See `stream.ports.Consumer`."""
        self._client.pause([TopicPartition(*each) for each in partitions])

    def resume(self, partitions: Iterable[Partition]) -> None:
        """See `stream.ports.Consumer`."""
        self._client.resume([TopicPartition(*each) for each in partitions])

    def commit(self, positions: Sequence[Position], done: Done) -> None:
        """See `stream.ports.Consumer`."""
        offsets = _with_metadata(positions)
        try:
            self._client.commit(offsets=offsets, asynchronous=True)
        except KafkaException as raised:
            done(self._commit_failure(kafka_error(raised)))
        else:
            self._awaited.append(done)

    def commit_now(self, positions: Sequence[Position]) -> None:
        """See `stream.ports.Consumer`."""
        offsets = _with_metadata(positions)
        try:
            answers = self._client.commit(offsets=offsets, asynchronous=False)
        except KafkaException as raised:
            raise self._commit_failure(kafka_error(raised)) from raised
        for each in answers:
            if each.error is not None:
                raise self._commit_failure(each.error)

    def _committed(self, error: KafkaError | None, partitions: list[TopicPartition]) -> None:
        # librdkafka calls this for commits without waiting only, in the order they were asked for.
        failed = error or next((each.error for each in partitions if each.error is not None), None)
        if self._awaited:
            self._awaited.popleft()(self._commit_failure(failed) if failed else None)

    def _commit_failure(self, error: KafkaError) -> Exception:
        return translated(error, f"committing offsets of group {self._settings.group}")

    def end(self, partition: Partition) -> int | None:
        """See `stream.ports.Consumer`."""
        try:
            _, high = self._client.get_watermark_offsets(TopicPartition(*partition), cached=True)
        except KafkaException:
            return None
        return high if high >= 0 else None

    def close(self) -> None:
        """See `stream.ports.Consumer`."""
        # librdkafka waits without end for a broker that is gone; the group notices by itself then.
        leaving = Thread(target=self._client.close, name="leaving", daemon=True)
        leaving.start()
        leaving.join(CLOSING_S)
        if leaving.is_alive():
            CLIENT_LOG.warning("left group %s without its broker's word", self._settings.group)


def _without_headers(message: Message) -> Record:
    return Record(
        message.topic(),  # type: ignore[arg-type]  # None only beside an error
        message.partition(),  # type: ignore[arg-type]
        message.offset(),  # type: ignore[arg-type]
        message.key(),
        message.value(),
        message.timestamp()[1],
    )


def _whole(message: Message) -> Record:
    return replace(_without_headers(message), headers=tuple(message.headers() or ()))


def _named(partitions: list[TopicPartition]) -> list[Partition]:
    return [(each.topic, each.partition) for each in partitions]


def _with_metadata(positions: Sequence[Position]) -> list[TopicPartition]:
    check_metadata(positions)
    return [TopicPartition(each.topic, each.partition, each.offset, each.metadata) for each in positions]
