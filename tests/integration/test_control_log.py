"""`control` on a real broker through what happens to one: it compacts, dies, and comes back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from stream.adapters.brokers import JavaBroker
from stream.adapters.brokers.access import Access
from stream.adapters.control import ControlDesk
from stream.adapters.kafka import Connection
from stream.adapters.kafka.control import KafkaControlLog
from stream.core.control import PausedAction
from stream.core.control.state import ControlState
from tests.fleet.waiting import eventually
from tests.unit.control.told import Written, pause, rules, withdrawn, written

pytestmark = pytest.mark.broker

TOPIC = "control"
HASTY = {
    "cleanup.policy": "compact",
    "segment.ms": "50",
    "min.cleanable.dirty.ratio": "0.001",
    "min.compaction.lag.ms": "0",
    "delete.retention.ms": "0",
}
"""Compaction as soon as there is something to compact, of tombstones too."""

Desks = Callable[[], ControlDesk]


@pytest.fixture
def own_broker() -> Iterator[JavaBroker]:
    """A broker that a test may kill, and that compacts all the time."""
    with JavaBroker.start(Access(settings={"log.cleaner.backoff.ms": "50"})) as broker:
        admin = AdminClient({"bootstrap.servers": broker.bootstrap, "log_level": 0})
        admin.create_topics([NewTopic(TOPIC, 1, 1, config=HASTY)])[TOPIC].result(20)
        eventually(lambda: TOPIC in admin.list_topics(timeout=5).topics, what="the topic")
        yield broker


@pytest.fixture
def desk(own_broker: JavaBroker) -> Iterator[Desks]:
    """Begins a process's desk; all are closed after the test."""
    with ExitStack() as closing:

        def begun() -> ControlDesk:
            made = ControlDesk(KafkaControlLog(Connection(bootstrap=own_broker.bootstrap), TOPIC), lambda: 1)
            closing.callback(made.close)
            made.begin()
            return made

        yield begun


def tell(broker: JavaBroker, *records: Written, seconds: float = 10) -> None:
    producer = Producer({"bootstrap.servers": broker.bootstrap, "log_level": 0})
    for record in records:
        producer.produce(TOPIC, record.value, record.key)
    assert producer.flush(seconds) == 0


def test_what_the_broker_compacted_away_is_not_missed(own_broker: JavaBroker, desk: Desks) -> None:
    # Given a pause that was changed often, one that is over, and a process that heard it all
    spam = pause(PausedAction.REMOVE, "spam")
    present = desk()
    tell(own_broker, written(spam), withdrawn(spam))
    tell(own_broker, *(written(pause(reason=f"reason {number}")) for number in range(200)))
    eventually(lambda: present.applied == 202, what="202 records heard")

    # When the broker has compacted them: each rolled segment needs one more record behind it
    def late() -> ControlDesk:
        tell(own_broker, written(rules(text="x")))
        return desk()

    eventually(lambda: late().applied < 50, 60, "compaction")
    # Then a process that comes late knows the same
    expected = ControlState(pauses=(pause(reason="reason 199"),), rules=(rules(text="x"),))
    assert late().state == expected
    eventually(lambda: present.state == expected, what="the same where all was heard")


def test_a_broker_that_is_killed_costs_time_only(own_broker: JavaBroker, desk: Desks) -> None:
    # Given a process that follows
    present = desk()
    tell(own_broker, written(pause()))
    eventually(lambda: present.applied == 1, what="the first record heard")
    # When the broker is killed and comes back, and more is told
    own_broker.kill()
    own_broker.restart()
    tell(own_broker, withdrawn(pause()), written(rules()), seconds=60)
    # Then the same reader hears it, once
    eventually(lambda: present.applied == 3, 60, "what was told afterwards")
    assert present.state == ControlState(rules=(rules(),))
    assert present.refused == 0
    assert [one.name for one in threading.enumerate()].count("control") == 1
