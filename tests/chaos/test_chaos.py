"""Whatever dies in between: every post held first, closed exactly once or with people, nothing late shown."""

from pathlib import Path

import pytest

from stream.adapters.brokers import Broker, JavaBroker
from tests.chaos import checks
from tests.chaos.evidence import Evidence
from tests.chaos.scene import Scene


def violations(evidence: Evidence) -> dict[str, list[str]]:
    """What each check found, by its name; only those that found something."""
    found = {check.__name__: check(evidence) for check in checks.ALL}
    return {name: what[:5] for name, what in found.items() if what}


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_a_short_storm_breaks_no_promise(broker: Broker, tmp_path: Path) -> None:
    # Given two gates, triage and two judges at work on a stream of posts
    posts = 1_500
    with Scene(broker, tmp_path, seed=1) as scene:
        traffic = scene.send(posts, seconds=50)
        # When they are killed, stopped beyond their sessions and terminated at random, 18 times
        scene.storm.blow(18, pause=(1.5, 3.0))
        scene.storm.calm()
        traffic.join()
        scene.settle(posts)
        evidence = scene.evidence()
    # Then no promise is broken
    assert violations(evidence) == {}
    assert scene.storm.surprises == []
    assert scene.storm.count >= 15


@pytest.mark.chaos
@pytest.mark.timeout(3_600)
def test_a_long_storm_with_a_dying_broker_breaks_no_promise(tmp_path: Path) -> None:
    # Given a broker of its own, and a fleet at work
    posts = 12_000
    with JavaBroker.start() as broker, Scene(broker, tmp_path, triages=2, seed=7) as scene:
        traffic = scene.send(posts, seconds=640)
        # When 210 faults strike all processes, and the broker itself now and then
        scene.storm.blow(230, pause=(1.5, 4.0), broker_every=40)
        scene.storm.calm()
        traffic.join()
        scene.settle(posts, 400)
        evidence = scene.evidence()
    # Then no promise is broken
    print(dict(scene.storm.struck), dict(traffic.kinds))  # noqa: T201 - shown by pytest -s
    assert violations(evidence) == {}
    assert scene.storm.count >= 200
