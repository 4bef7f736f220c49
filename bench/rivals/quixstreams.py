"""The gate's job on Quix Streams: exactly-once, its own RocksDB state with its own changelog."""

from tempfile import TemporaryDirectory

from quixstreams import Application, State, message_context
from quixstreams.models import Serializer
from quixstreams.models import Topic as QuixTopic

from bench.errand import Errand, tell
from bench.rivals.job import gate_of
from bench.stopwatch import Stopwatch, leave
from stream.core.topics import Topic, TopicNames
from stream.ports import UNCHANGED, Outgoing, Record

COMMIT_EVERY = 3_000
STATE = "state"
OUTPUTS = (Topic.VERDICTS, Topic.CASES_TRIAGE, Topic.CASES_REVIEW, Topic.AUDIT, Topic.DEAD_LETTERS)


class ValueOf(Serializer):  # type: ignore[misc]  # untyped
    """Takes the bytes out of a record to publish."""

    def __call__(self, value: Outgoing, ctx: object) -> bytes | None:  # noqa: ARG002 - so called
        """Called by Quix Streams for each record."""
        return value.value


class QuixFlow:
    """One dataframe: a stateful step, then each record to the topic that it names."""

    def __init__(self, errand: Errand, folder: str, stopwatch: Stopwatch) -> None:
        names = TopicNames(errand.prefix)
        self._stopwatch = stopwatch
        self._gate = gate_of(errand)
        self._application = Application(
            broker_address=errand.bootstrap,
            consumer_group=errand.prefix,
            auto_offset_reset="earliest",
            processing_guarantee="exactly-once",
            commit_every=COMMIT_EVERY,
            commit_interval=1.0,
            state_dir=folder,
            loglevel="WARNING",
            producer_extra_config={"linger.ms": 2, "acks": "all"},
            on_message_processed=self._processed,
        )
        self._content = self._topic(names.of(Topic.CONTENT))
        self._outputs = {names.of(topic): self._topic(names.of(topic)) for topic in OUTPUTS}

    def run(self) -> None:
        """Work until the process is ended."""
        frame = self._application.dataframe(self._content)
        frame = frame.apply(self._step, stateful=True, metadata=True, expand=True)
        frame = frame.set_headers(lambda output, *_: [*output.headers])
        frame.to_topic(lambda output, *_: self._outputs[output.topic])
        self._application.run()

    def _step(
        self, value: bytes, key: bytes, timestamp: int, _headers: object, state: State
    ) -> list[Outgoing]:
        place = message_context()
        record = Record(place.topic, place.partition, place.offset, key, value, timestamp)
        step = self._gate.handle(record, state.get_bytes(STATE))
        if step.state is None:
            state.delete(STATE)
        elif step.state is not UNCHANGED:
            state.set_bytes(STATE, step.state)
        return [*step.outputs]

    def _processed(self, _topic: str, _partition: int, _offset: int) -> None:
        """Counted when processed, not when committed: the checkpoints fall within the time all the same."""
        if self._stopwatch.committed(1):
            leave()

    def _topic(self, name: str) -> QuixTopic:
        return self._application.topic(
            name,
            key_serializer="bytes",
            key_deserializer="bytes",
            value_serializer=ValueOf(),
            value_deserializer="bytes",
        )


if __name__ == "__main__":
    errand = Errand.given()
    tell("ready")
    with TemporaryDirectory() as scratch:
        QuixFlow(errand, scratch, Stopwatch(errand)).run()
