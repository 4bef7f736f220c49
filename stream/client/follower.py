"""Follows every partition of `verdicts` into a store, and knows how fresh the store is."""

import time
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Message, TopicPartition

from stream.client.connection import CLIENT_LOG, Settings, in_words
from stream.client.ends_probe import Answer, EndsProbe
from stream.client.freshness import Freshness
from stream.client.store import LastRecord, VerdictStore
from stream.core.canary import is_canary

_AT_ONCE = 500
_WAIT_S = 0.1
_EOF = KafkaError._PARTITION_EOF  # noqa: SLF001 - librdkafka's public codes have an underscore
_NO_SUCH_OFFSET = KafkaError._AUTO_OFFSET_RESET  # noqa: SLF001


class Follower:
    """One thread turns it. It joins no group: every reader reads every partition.

    It is never further than the store: what a crash takes from one it takes from the other.
    """

    def __init__(self, settings: Settings, topic: str, store: VerdictStore, probe_seconds: float) -> None:
        self._topic = topic
        self._store = store
        self._consumer = Consumer(dict(settings))
        self._probe = EndsProbe(settings, topic, probe_seconds)
        self._log = ""
        self._positions: dict[int, int] = {}
        self._freshness = Freshness()
        self._trouble = ""
        self._probe.start()

    @property
    def fresh_as_of(self) -> float | None:
        """Monotonic time of the last moment up to which everything was read; None before there is one."""
        return self._freshness.as_of

    @property
    def trouble(self) -> str:
        """What keeps it from reading, as far as is known; empty if nothing."""
        return self._probe.trouble or self._trouble

    def turn(self) -> bool:
        """Read what there is, waiting 0.1 s at most; returns whether anything changed.

        Raises:
            Exception: the store's own; this follower can go no further then.
        """
        before = self.fresh_as_of
        if (answer := self._probe.take()) is not None:
            self._meet(answer)
        read = self._read() if self._log else self._wait()
        self._freshness.read(self._positions, time.monotonic())
        return read or self.fresh_as_of != before

    def close(self) -> None:
        """Stop reading."""
        self._probe.stop()
        self._consumer.close()

    def _meet(self, answer: Answer) -> None:
        log = f"{answer.cluster}/{self._topic}"
        if log != self._log:
            self._begin(log, answer)
        new = [number for number in answer.ends if number not in self._positions]
        if new:
            CLIENT_LOG.info("%s: has %d more partitions", self._topic, len(new))
            self._assign(dict.fromkeys(new, OFFSET_BEGINNING))
        self._freshness.learn(answer.asked, answer.ends)

    def _begin(self, log: str, answer: Answer) -> None:
        """Start from what the store holds of this log; from nothing if the log is shorter than that."""
        saved = self._store.open(log)
        if any(position > answer.ends.get(number, 0) for number, position in saved.items()):
            CLIENT_LOG.warning("%s: shorter than what was read of it; reading it anew", self._topic)
            self._store.clear()
            saved = {}
        self._consumer.unassign()
        self._freshness.forget()
        self._log, self._positions = log, {}
        self._assign({number: saved.get(number, OFFSET_BEGINNING) for number in answer.ends})

    def _assign(self, starts: dict[int, int]) -> None:
        places = [TopicPartition(self._topic, number, start) for number, start in starts.items()]
        self._consumer.incremental_assign(places)
        self._positions.update({number: max(start, 0) for number, start in starts.items()})

    def _read(self) -> bool:
        records: list[tuple[str, LastRecord]] = []
        moved: dict[int, int] = {}
        for message in self._next():
            error = message.error()
            if error is None:
                records += _records(message)
                moved[_number(message)] = _offset(message) + 1
            elif error.code() == _EOF:
                moved[_number(message)] = _offset(message)
            elif error.code() == _NO_SUCH_OFFSET:
                return self._lost(message)
            else:
                self._trouble = in_words(error)
                CLIENT_LOG.warning("%s: %s", self._topic, self._trouble)
        if moved:
            self._store.apply(records, moved)
            self._positions.update(moved)
            self._trouble = ""
        return bool(records)

    def _next(self) -> list[Message]:
        """Wait for a first message, then take what is at hand; asking for many would wait for many."""
        messages = self._consumer.consume(1, _WAIT_S)
        return messages + self._consumer.consume(_AT_ONCE - 1, 0) if messages else messages

    def _lost(self, message: Message) -> bool:
        """The log is not the one that was read: forget it, show nothing, begin again at the next answer."""
        CLIENT_LOG.warning(
            "%s: partition %d is not what it was; reading it all anew", self._topic, _number(message)
        )
        self._store.clear()
        self._freshness.forget()
        self._log, self._positions = "", {}
        self._consumer.unassign()
        return True

    def _wait(self) -> bool:
        self._consumer.poll(_WAIT_S)
        return False


def _records(message: Message) -> list[tuple[str, LastRecord]]:
    """The record under its content id; nothing for a key that can be no id, and nothing of a canary."""
    key: Any = message.key()
    try:
        content_id = (key or b"").decode()
    except UnicodeDecodeError:
        return []
    if is_canary(content_id):
        return []
    _, written = message.timestamp()
    value: Any = message.value()
    return [(content_id, LastRecord(_number(message), written, value))]


def _number(message: Message) -> int:
    return int(message.partition() or 0)


def _offset(message: Message) -> int:
    return int(message.offset() or 0)
