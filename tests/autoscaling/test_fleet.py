"""KEDA before the lag that the real gate, triage and judge leave."""

from pathlib import Path

import pytest

from stream.adapters.brokers import Broker
from stream.core.topics import Topic
from tests.autoscaling.asker import Asker
from tests.autoscaling.backlog import PARTITIONS, read
from tests.autoscaling.conftest import Ask
from tests.chaos.watcher import Watcher
from tests.fleet.installation import Installation
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish, released


@pytest.fixture
def installation(broker: Broker, tmp_path: Path) -> Installation:
    return Installation(broker, tmp_path, automatic=600)


def test_our_triage_steps_over_the_gates_commit_markers(
    installation: Installation, start: Start, ask: Ask
) -> None:
    # Given posts that went through the gate and triage
    start("gate")
    start("triage")
    publish(installation, {f"p{number}": "hello" for number in range(200)})
    eventually(lambda: _count(installation, Topic.CASES_JUDGE) == 200, 60, "all cases with the judge")
    # And another group that has read the same, and stands before the last markers
    other = installation.names.prefix + "other"
    read(installation.bootstrap, installation.topic(Topic.CASES_TRIAGE), other, 200)
    bare = ask("triage", installation, spoilt={"lag.consumerGroup": other})
    assert _lag(bare) == PARTITIONS
    # Then triage has no lag at all, and none need run
    ours = ask("triage", installation)
    eventually(lambda: _lag(ours) == 0, what="no lag")
    assert ask("triage", installation, minReplicas=0).round().replicas == 0


def test_one_stuck_case_asks_for_one_judge(
    installation: Installation,
    start: Start,
    watcher: Watcher,
    ask: Ask,
) -> None:
    # Given a judge with one case that never ends, and 300 behind it that are done
    start("gate")
    start("triage")
    start("scripted", JUDGE__ITEM_DEADLINE_S="600", JUDGE__DRAIN_S="1")
    publish(installation, {"hangs": "stuck"})
    publish(installation, {f"p{number}": "hello" for number in range(300)})
    eventually(lambda: len(released(watcher)) == 300, 60, "the release of the others")
    # When Prometheus is down: what is done behind the stuck one counts as lag
    unlimited = ask("judge", installation, spoilt={"lag.limitToPartitionsWithLag": "false"})
    assert unlimited.settled().replicas == PARTITIONS
    # Then one judge is asked for: one partition has lag
    assert ask("judge", installation).settled().replicas == 1


def _lag(asker: Asker) -> float:
    [metric] = asker.round().metrics or ()
    return metric.value


def _count(installation: Installation, topic: Topic) -> int:
    return len(records(installation.bootstrap, installation.topic(topic), PARTITIONS))
