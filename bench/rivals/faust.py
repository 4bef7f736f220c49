"""The gate's job on Faust: exactly_once, and a table with its changelog."""

import os
from tempfile import mkdtemp
from typing import Any, cast

os.environ.setdefault("FAUST_LOOP", "uvloop")

import faust

from bench.errand import Errand, tell
from bench.rivals.job import gate_of
from bench.stopwatch import Stopwatch, leave
from stream.core.topics import Topic, TopicNames
from stream.ports import UNCHANGED, Record

OUTPUTS = (Topic.VERDICTS, Topic.CASES_TRIAGE, Topic.CASES_REVIEW, Topic.AUDIT, Topic.DEAD_LETTERS)
RAW: dict[str, Any] = {
    "key_type": bytes,
    "value_type": bytes,
    "key_serializer": "raw",
    "value_serializer": "raw",
}


class FaustAgent:
    """One agent of concurrency 1 (more of it loses events), one table."""

    def __init__(self, errand: Errand, stopwatch: Stopwatch) -> None:
        names = TopicNames(errand.prefix)
        self._stopwatch = stopwatch
        self._gate = gate_of(errand)
        self.app = faust.App(
            errand.prefix.rstrip("-"),
            broker=f"kafka://{errand.bootstrap}",
            processing_guarantee="exactly_once",
            store="memory://",
            topic_partitions=errand.partitions,
            topic_replication_factor=1,
            consumer_auto_offset_reset="earliest",
            producer_acks=-1,
            web_enabled=False,
            datadir=mkdtemp(),
        )
        self._content = self.app.topic(names.of(Topic.CONTENT), **RAW)
        self._outputs = {names.of(topic): self.app.topic(names.of(topic), **RAW) for topic in OUTPUTS}
        self._table = self.app.Table("state", partitions=errand.partitions, key_type=bytes, value_type=bytes)
        self.app.agent(self._content)(self._work)

    async def _work(self, posts: faust.StreamT[bytes]) -> None:
        async for event in cast("faust.Stream[bytes]", posts).events():
            message = event.message
            key = message.key
            record = Record(message.topic, message.partition, message.offset, key, message.value)
            step = self._gate.handle(record, self._table.get(key))
            for output in step.outputs:
                await self._outputs[output.topic].send(
                    key=output.key, value=output.value, partition=output.partition, headers=[*output.headers]
                )
            if step.state is None:
                self._table.pop(key, None)
            elif step.state is not UNCHANGED:
                self._table[key] = step.state
            if self._stopwatch.committed(1):
                leave()


if __name__ == "__main__":
    errand = Errand.given()
    tell("ready")
    faust.Worker(FaustAgent(errand, Stopwatch(errand)).app, loglevel="warning").execute_from_commandline()
