"""How many judges KEDA asks for without Prometheus: lag alone decides; and without Kafka: nothing changes."""

from pathlib import Path

import pytest

from stream.core.topics import Topic
from tests.autoscaling.backlog import Backlog, Lag
from tests.autoscaling.conftest import NO_PROMETHEUS, Ask, namespace
from tests.autoscaling.prometheus import Prometheus
from tests.autoscaling.test_judge import counters, gate

# One replica for ten cases, four partitions.
TABLE = [
    # situation                    lag               of priority   replicas
    ("nothing waits",              (0, 0, 0, 0),     (0, 0, 0, 0), 1),
    ("an even backlog",            (5, 5, 5, 5),     (0, 0, 0, 0), 2),
    ("a long one",                 (50, 50, 50, 50), (0, 0, 0, 0), 4),
    ("skewed to one partition",    (0, 0, 0, 200),   (0, 0, 0, 0), 1),
    ("skewed to two",              (0, 0, 50, 150),  (0, 0, 0, 0), 2),
    ("priority with the rest",     (5, 5, 0, 0),     (5, 5, 5, 5), 3),
    ("one stuck, the rest behind", (0, 500, 0, 0),   (0, 0, 0, 0), 1),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lag", "priority", "replicas"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_lag_decides_when_prometheus_is_down(
    lag: Lag, priority: Lag, replicas: int, backlog: Backlog, ask: Ask
) -> None:
    backlog.put(Topic.CASES_JUDGE, lag)
    backlog.put(Topic.CASES_JUDGE_PRIORITY, priority)
    assert ask("judge", backlog, prometheus=NO_PROMETHEUS).settled().replicas == replicas


def test_where_there_is_no_prometheus_lag_decides_from_the_first(backlog: Backlog, ask: Ask) -> None:
    # Given an installation that names no Prometheus
    backlog.put(Topic.CASES_JUDGE, (5, 5, 5, 5))
    asker = ask("judge", backlog, prometheus="")
    # Then KEDA takes it, and asks for what lag says at once, without a failure
    assert (asker.admission.refused, asker.admission.warnings) == ("", None)
    answer = asker.round(1)
    assert (answer.replicas, answer.error, any(answer.failures.values())) == (2, "", False)


def test_lag_decides_when_the_metric_is_missing(backlog: Backlog, prometheus: Prometheus, ask: Ask) -> None:
    # Given a Prometheus that knows nothing of this installation
    backlog.put(Topic.CASES_JUDGE, (5, 5, 5, 5))
    asker = ask("judge", backlog, prometheus=prometheus.url)
    # When KEDA asks, then the first answers are errors and nothing changes
    first = asker.round(4)
    assert (first.replicas, first.active) == (4, False)
    assert "error" in first.error
    # And after more than three in a row lag decides
    assert asker.settled().replicas == 2


@pytest.mark.parametrize(
    "query",
    ["vector(0) / 0", 'vector(1) or label_replace(vector(2), "pod", "b", "", "")'],
    ids=["NaN", "two series"],
)
def test_lag_decides_when_the_answer_is_not_one_number(
    query: str, backlog: Backlog, prometheus: Prometheus, ask: Ask
) -> None:
    backlog.put(Topic.CASES_JUDGE, (5, 5, 5, 5))
    asker = ask("judge", backlog, prometheus=prometheus.url, spoilt={"tok.query": query})
    assert asker.settled().replicas == 2


def test_lag_decides_when_the_gate_is_missing_and_judges_are_not(
    backlog: Backlog, prometheus: Prometheus, ask: Ask
) -> None:
    prometheus.show(namespace(backlog), "judge-0", {}, counters(400_000, 100_000, 60_000, 60))
    backlog.put(Topic.CASES_JUDGE, (10, 10, 10, 0))
    assert ask("judge", backlog, prometheus=prometheus.url).settled().replicas == 3


def test_prometheus_goes_while_judges_run(backlog: Backlog, tmp_path: Path, ask: Ask) -> None:
    # Given judges sized by what waits
    backlog.put(Topic.CASES_JUDGE, (5, 5, 5, 5))
    first = Prometheus(tmp_path)
    try:
        gate(first, backlog, waits=1_500_000, arrived=0)
        asker = ask("judge", backlog, prometheus=first.url)
        assert asker.settled().replicas == 3
    finally:
        first.close()
    # When Prometheus is gone, then at first nothing changes, and soon lag decides
    assert asker.round().replicas == 3
    assert asker.settled().replicas == 2


def test_without_kafka_nothing_changes(backlog: Backlog, prometheus: Prometheus, ask: Ask) -> None:
    # Given three judges at work, and nothing where Kafka should be
    gate(prometheus, backlog, waits=90_000_000, arrived=0)
    backlog.bootstrap = "127.0.0.1:1"
    asker = ask("judge", backlog, prometheus=prometheus.url)
    # Then there they stay, whatever Prometheus says: KEDA builds all of its triggers or none
    answer = asker.settled(3, rounds=2)
    assert answer.replicas == 3
    assert "kafka" in answer.error


def test_prometheus_decides_when_a_topic_cannot_be_read(
    backlog: Backlog, prometheus: Prometheus, ask: Ask
) -> None:
    gate(prometheus, backlog, waits=1_500_000, arrived=0)
    asker = ask("judge", backlog, prometheus=prometheus.url, spoilt={"lag.topic": "gone"})
    assert asker.round(1).replicas == 1
    assert asker.settled().replicas == 3


UNREADABLE = [
    # part     least  run at first  and then: at least two of triage, just two judges (fallbackReplicas)
    ("triage", 0,     1,            2),
    ("triage", 0,     3,            3),
    ("judge",  0,     0,            2),
    ("judge",  1,     3,            2),
]  # fmt: skip


@pytest.mark.parametrize(("part", "least", "before", "after"), UNREADABLE)
def test_without_lag_and_prometheus_the_fallback_holds(
    part: str, least: int, before: int, after: int, backlog: Backlog, ask: Ask
) -> None:
    # Given a Kafka that answers, and a topic that is gone
    asker = ask(part, backlog, minReplicas=least, spoilt={"lag.topic": "gone"})
    assert asker.settled(before).replicas == after


def test_none_running_are_woken_by_lag_alone(backlog: Backlog, ask: Ask) -> None:
    # Given zero replicas and no Prometheus, when one case waits
    backlog.put(Topic.CASES_JUDGE, (1, 0, 0, 0))
    asker = ask("judge", backlog, prometheus=NO_PROMETHEUS, minReplicas=0)
    assert asker.round(0).replicas == 0
    assert asker.settled().replicas == 1
