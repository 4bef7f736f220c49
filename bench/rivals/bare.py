"""The least that can be done on confluent-kafka: consume, decode, produce the same records, commit.

No state is kept, no key or version is checked, nothing can be restored: the gate minus what makes it one.
"""

import time

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from bench.errand import Errand, tell
from bench.stopwatch import Stopwatch, leave
from stream.core.case import Case, Source
from stream.core.content import Edited, Published
from stream.core.state import ContentState, OpenCase, encode_state
from stream.core.terms import Decision, Effect, Origin, Stage
from stream.core.topics import Topic, TopicNames
from stream.core.verdict import Verdict
from stream.core.wire import encode, headers_of, read_content

BATCH = 3_000
DEADLINE = 600_000
RETENTION = 604_800_000
SOURCE = "/sluice/gate"


class BareLoop:
    """One consumer, one producer, one transaction a batch."""

    def __init__(self, errand: Errand) -> None:
        names = TopicNames(errand.prefix)
        self._content = names.of(Topic.CONTENT)
        self._verdicts = names.of(Topic.VERDICTS)
        self._cases = names.of(Topic.CASES_TRIAGE)
        self._state = names.of(Topic.GATE_STATE)
        self._producer = _producer(errand)
        self._consumer = _consumer(errand)

    def run(self, stopwatch: Stopwatch) -> None:
        """Work until all is done."""
        self._producer.init_transactions(30)
        self._consumer.subscribe([self._content])
        while True:
            messages = self._consumer.consume(BATCH, 0.03)
            if messages and stopwatch.committed(self._transact(messages)):
                return

    def _transact(self, messages: list[Message]) -> int:
        self._producer.begin_transaction()
        ends: dict[int, int] = {}
        for message in messages:
            partition, offset = message.partition(), message.offset()
            assert partition is not None
            assert offset is not None
            self._hold(message, partition, offset)
            ends[partition] = offset + 1
        offsets = [TopicPartition(self._content, partition, end) for partition, end in ends.items()]
        self._producer.send_offsets_to_transaction(offsets, self._consumer.consumer_group_metadata(), 30)
        self._producer.commit_transaction(30)
        return len(messages)

    def _hold(self, message: Message, partition: int, offset: int) -> None:
        event = read_content(message.value())
        assert isinstance(event, Published | Edited)
        now = int(time.time() * 1000)
        case, key = f"c{partition}-{offset}", message.key() or b""
        opened = OpenCase(case, Effect.HIDE, Origin.PUBLISH, Stage.AUTOMATIC, now, now + DEADLINE)
        verdict, work = _verdict(event, opened), _work(event, opened, Source(partition, offset))
        digest = bytes.fromhex(event.digest[7:])
        state = ContentState(event.version, digest, offset, Decision.HOLD, now, opened)
        self._produce(self._verdicts, verdict, key, partition, f"{case}.{event.id}.0")
        self._produce(self._cases, work, key, partition, f"{case}.{event.id}.1")
        self._producer.produce(self._state, encode_state(state, RETENTION), key, partition)

    def _produce(self, topic: str, event: Verdict | Case, key: bytes, partition: int, name: str) -> None:
        value = encode(event)
        self._producer.produce(topic, value, key, partition, headers=[*headers_of(event, SOURCE, name)])


def _verdict(event: Published | Edited, opened: OpenCase) -> Verdict:
    return Verdict(
        id=event.id,
        version=event.version,
        decision=Decision.HOLD,
        at=opened.opened_at,
        digest=event.digest,
        case=opened.id,
        stage=opened.stage,
        due=opened.due,
    )


def _work(event: Published | Edited, opened: OpenCase, source: Source) -> Case:
    return Case(
        id=event.id,
        case=opened.id,
        version=event.version,
        effect=opened.effect,
        origin=opened.origin,
        opened_at=opened.opened_at,
        due=opened.due,
        digest=event.digest,
        source=source,
        content=event,
    )


def _producer(errand: Errand) -> Producer:
    return Producer(
        {
            "bootstrap.servers": errand.bootstrap,
            "transactional.id": errand.prefix,
            "transaction.timeout.ms": 30_000,
            "acks": "all",
            "linger.ms": 2,
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 500_000,
            "batch.num.messages": 10_000,
        }
    )


def _consumer(errand: Errand) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": errand.bootstrap,
            "group.id": errand.prefix,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "partition.assignment.strategy": "range",
            "fetch.wait.max.ms": 20,
        }
    )


if __name__ == "__main__":
    errand = Errand.given()
    tell("ready")
    BareLoop(errand).run(Stopwatch(errand))
    leave()
