"""A producer that can write to one topic only."""

import pytest

from stream.adapters.memory import MemoryBroker, MemoryProducer
from stream.adapters.one_topic import OneTopicProducer
from stream.core.errors import Defect
from stream.ports import Outgoing


def test_another_topic_is_refused_and_nothing_is_sent() -> None:
    """Given a producer for audit, when a verdict is to be written, then it ends the process instead."""
    broker = MemoryBroker()
    broker.create_topic("audit", 1)
    broker.create_topic("verdicts", 1)
    producer = OneTopicProducer(MemoryProducer(broker), "audit")
    told: list[Exception | None] = []
    producer.produce(Outgoing("audit", b"k", b"v"), told.append)
    with pytest.raises(Defect, match="only audit may be written to here"):
        producer.produce(Outgoing("verdicts", b"k", b"v"), told.append)
    assert producer.flush(1) == 0
    producer.poll(0)
    assert told == [None]
