"""The broker dies, or does not answer for a while."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from stream.adapters.brokers import JavaBroker
from stream.core.errors import Unavailable
from stream.ports import Changelog
from tests.integration.child import until
from tests.integration.transactional.scene import Scene
from tests.integration.without_brokers import way_to


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


@pytest.mark.broker
def test_a_node_that_knows_of_no_brokers_for_a_moment_keeps_no_partition_waiting(
    own_broker: JavaBroker, scene_on: Callable[[str, int], Scene]
) -> None:
    with way_to(own_broker.bootstrap) as way:
        # Given processes that ask which topics there are
        scene = scene_on(way.bootstrap, 1)
        changelogs = [scene.world.changelog(scene.changelog) for _ in range(15)]
        known = changelogs[0].identities(scene.topics, 5.0)

        def hears(changelog: Changelog) -> bool:
            with suppress(Unavailable):
                return changelog.identities(scene.topics, 1.0) == known
            return False

        def ask_meanwhile_and_after(changelog: Changelog) -> None:
            while way.empty:
                hears(changelog)
                time.sleep(0.3)
            until(lambda: hears(changelog), "an answer", seconds=30)

        # When the node they ask says for half a second that the cluster has no brokers
        way.empty = True
        with ThreadPoolExecutor(len(changelogs)) as fleet:
            asking = [fleet.submit(ask_meanwhile_and_after, each) for each in changelogs]
            until(lambda: way.told >= len(changelogs), "each being told so")
            time.sleep(0.5)
            way.empty = False
            # Then each has its answer soon after
            for each in asking:
                each.result()
