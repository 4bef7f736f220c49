"""The broker dies, or does not answer for a while."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from stream.adapters.brokers import JavaBroker
from tests.integration.child import until
from tests.integration.transactional.scene import Scene


@pytest.fixture
def own_broker() -> Iterator[JavaBroker]:
    """A broker that a test may kill."""
    with JavaBroker.start() as broker:
        yield broker


@pytest.mark.broker
def test_a_broker_that_is_killed_and_one_that_falls_silent_cost_time_only(
    own_broker: JavaBroker, scene_on: Callable[[str, int], Scene]
) -> None:
    # Given two processes under load
    scene = scene_on(own_broker.bootstrap, 2)
    children = [scene.child(name, session_ms=6_000, transaction_ms=10_000) for name in ("one", "two")]
    until(lambda: all(child.level("live") == 1 for child in children), "both flow")

    def load() -> None:
        for index in range(2_000):
            scene.send(f"{index % 2}-{index % 50}", topic=index % 2)

    # When the broker is killed in the middle of it, and later stopped past a commit's patience
    load()
    own_broker.kill()
    load()
    own_broker.restart()
    scene.flush()
    load()
    os.kill(own_broker.pid, signal.SIGSTOP)
    time.sleep(10)
    os.kill(own_broker.pid, signal.SIGCONT)
    load()

    # Then every record counts once, and no process ended
    scene.check()
    assert [child.status() for child in children] == [None, None]
    assert [child.end() for child in children] == [0, 0]
