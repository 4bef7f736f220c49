"""Asks the broker, again and again, where the partitions of one topic end."""

import threading
import time

from confluent_kafka import Consumer, KafkaException, TopicPartition
from msgspec import Struct

from stream.client.connection import CLIENT_LOG, Settings, Trouble, in_words

_ANSWER_S = 5.0
_LATEST = -1
"""As a time to look up: the end; under read_committed, the last stable offset (Kafka's ListOffsets)."""


class Answer(Struct, frozen=True):
    """Where the topic ended. `asked` is the monotonic time before the question, in seconds."""

    asked: float
    cluster: str
    ends: dict[int, int]


class EndsProbe:
    """Probes on a thread and a client of its own, so that a slow broker never holds the reader up.

    Args:
        settings: as for the reader's own consumer; `read_committed` decides what an end is.
        topic: its full name.
        every: seconds between two questions.
    """

    def __init__(self, settings: Settings, topic: str, every: float) -> None:
        self._told = Trouble(settings)
        self._consumer = Consumer({**settings, "error_cb": self._told.heard})
        self._topic = topic
        self._every = every
        self._answer: Answer | None = None
        self._taken: Answer | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sluice-ends", daemon=True)
        self.trouble = ""

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def take(self) -> Answer | None:
        """The newest answer, once."""
        if self._answer is self._taken:
            return None
        self._taken = self._answer
        return self._taken

    def stop(self) -> None:
        """Ask no more. A question that is under way ends on its own, and the client with it."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._answer = self._ask()
                self.trouble = self._told.told = ""
            except KafkaException as error:
                self._consumer.poll(0)  # hands on what was said beside the answer
                self._note(in_words(error.args[0], self._told.told))
            self._consumer.poll(0)  # hands librdkafka's log lines on
            self._stopped.wait(self._every)
        self._consumer.close()

    def _ask(self) -> Answer:
        asked = time.monotonic()
        found = self._consumer.list_topics(self._topic, timeout=_ANSWER_S)
        topic = found.topics[self._topic]
        if topic.error is not None:
            raise KafkaException(topic.error)
        wanted = [TopicPartition(self._topic, number, _LATEST) for number in topic.partitions]
        ends = {}
        for place in self._consumer.offsets_for_times(wanted, timeout=_ANSWER_S):
            if place.error is not None:
                raise KafkaException(place.error)
            ends[place.partition] = place.offset
        return Answer(asked, str(found.cluster_id), ends)

    def _note(self, trouble: str) -> None:
        if trouble != self.trouble:
            CLIENT_LOG.warning("%s: %s", self._topic, trouble)
        self.trouble = trouble
