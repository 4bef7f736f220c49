"""The broker dies and comes back."""

from collections.abc import Callable, Iterator

import pytest

from stream.adapters.brokers import JavaBroker
from tests.integration.child import until
from tests.integration.concurrent.scene import Scene

SLOTS = 20
RATE = SLOTS / 0.020
"""Records that one process answers in a second, where each takes 20 ms."""


@pytest.fixture
def own_broker() -> Iterator[JavaBroker]:
    """A broker that a test may kill."""
    with JavaBroker.start() as broker:
        yield broker


@pytest.mark.broker
def test_a_broker_that_is_killed_costs_time_only(
    own_broker: JavaBroker, scene_on: Callable[[str, int, int], Scene]
) -> None:
    # Given two processes at work
    scene = scene_on(own_broker.bootstrap, 1, 4)
    scene.put(4_000, b"20")
    children = [scene.child(name, session_ms=6_000) for name in "ab"]
    until(lambda: len(scene.places()) > 200, "work has begun")

    # When the broker is killed and brought back
    own_broker.kill()
    own_broker.restart()
    scene.put(400, b"20")
    scene.wait_for_all()

    # Then all is answered and committed, by the same processes
    until(lambda: len(scene.done()) == 4_400, lambda: f"{len(scene.done())} of 4,400 committed")
    assert [child.status() for child in children] == [None, None]
    assert scene.repeated <= len(children) * (SLOTS + RATE * 1.0)
