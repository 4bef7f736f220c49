"""The gate's job on aiokafka: transactions, state in a dictionary, its changelog beside the verdicts."""

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from uvloop import run

from bench.errand import Errand, tell
from bench.rivals.job import gate_of
from bench.stopwatch import Stopwatch, leave
from stream.core.topics import Topic, TopicNames
from stream.ports import UNCHANGED, Outgoing, Record

BATCH = 3_000


class AiokafkaLoop:
    """One consumer, one producer, one transaction a batch; state is merged after the commit."""

    def __init__(self, errand: Errand) -> None:
        names = TopicNames(errand.prefix)
        self._content = names.of(Topic.CONTENT)
        self._changelog = names.of(Topic.GATE_STATE)
        self._gate = gate_of(errand)
        self._state: dict[bytes, bytes] = {}
        self._group = errand.prefix
        self._consumer = AIOKafkaConsumer(
            self._content,
            bootstrap_servers=errand.bootstrap,
            group_id=self._group,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=20,
        )
        self._producer = AIOKafkaProducer(
            bootstrap_servers=errand.bootstrap,
            transactional_id=errand.prefix,
            transaction_timeout_ms=30_000,
            acks="all",
            linger_ms=2,
            max_batch_size=262_144,
        )

    async def run(self, stopwatch: Stopwatch) -> None:
        """Work until all is done."""
        await self._producer.start()
        await self._consumer.start()
        done = False
        while not done:
            batches = await self._consumer.getmany(timeout_ms=30, max_records=BATCH)
            if batches:
                done = stopwatch.committed(await self._transact(batches))

    async def _transact(self, batches: dict[TopicPartition, list[ConsumerRecord]]) -> int:
        overlay: dict[bytes, bytes | None] = {}
        async with self._producer.transaction():
            for records in batches.values():
                for record in records:
                    await self._handle(record, overlay)
            ends = {partition: records[-1].offset + 1 for partition, records in batches.items()}
            await self._producer.send_offsets_to_transaction(ends, self._group)
        for key, state in overlay.items():
            if state is None:
                self._state.pop(key, None)
            else:
                self._state[key] = state
        return sum(map(len, batches.values()))

    async def _handle(self, record: ConsumerRecord, overlay: dict[bytes, bytes | None]) -> None:
        key = record.key
        state = overlay[key] if key in overlay else self._state.get(key)
        step = self._gate.handle(
            Record(record.topic, record.partition, record.offset, key, record.value), state
        )
        for output in step.outputs:
            await self._send(output)
        if step.state is not UNCHANGED:
            await self._send(Outgoing(self._changelog, key, step.state, (), record.partition))
            overlay[key] = step.state

    async def _send(self, output: Outgoing) -> None:
        await self._producer.send(
            output.topic, output.value, output.key, output.partition, headers=[*output.headers]
        )


async def main() -> None:
    """Run one errand."""
    errand = Errand.given()
    tell("ready")
    await AiokafkaLoop(errand).run(Stopwatch(errand))
    leave()


if __name__ == "__main__":
    run(main())
