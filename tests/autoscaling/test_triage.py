"""How many triage replicas KEDA asks for: lag alone decides."""

import pytest

from stream.core.topics import Topic
from tests.autoscaling.backlog import Backlog, Lag
from tests.autoscaling.conftest import Ask

# One replica for ten cases, four partitions.
TABLE = [
    # situation                            waiting by partition   replicas
    ("nothing waits",                      (0, 0, 0, 0),          1),
    ("a short backlog, even",              (5, 5, 5, 5),          2),
    ("a long backlog, even",               (50, 50, 50, 50),      4),
    ("all of it in one partition",         (0, 0, 0, 200),        1),
    ("skewed to two partitions",           (0, 0, 50, 150),       2),
    # KEDA rounds down before it limits, so one more than there are partitions with lag can be asked for.
    ("one partition, below twice a share", (0, 0, 0, 19),         2),
]  # fmt: skip


@pytest.mark.parametrize(("waiting", "replicas"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_replicas_for_what_waits(waiting: Lag, replicas: int, backlog: Backlog, ask: Ask) -> None:
    # Given a group that had read everything, and then cases that wait
    backlog.put(Topic.CASES_TRIAGE, (1, 1, 1, 1))
    backlog.read(Topic.CASES_TRIAGE, "triage")
    backlog.put(Topic.CASES_TRIAGE, waiting)

    assert ask("triage", backlog).settled().replicas == replicas


def test_what_nobody_has_read_yet_counts_from_the_beginning(backlog: Backlog, ask: Ask) -> None:
    # Given cases, and a group that has never committed
    backlog.put(Topic.CASES_TRIAGE, (10, 10, 5, 5))
    assert ask("triage", backlog).settled().replicas == 3


def test_no_more_than_the_most_that_is_allowed(backlog: Backlog, ask: Ask) -> None:
    backlog.put(Topic.CASES_TRIAGE, (50, 50, 50, 50))
    assert ask("triage", backlog, maxReplicas=3).settled().replicas == 3


def test_a_backlog_that_is_gone_lets_replicas_go(backlog: Backlog, ask: Ask) -> None:
    # Given four replicas at work
    backlog.put(Topic.CASES_TRIAGE, (50, 50, 50, 50))
    asker = ask("triage", backlog)
    assert asker.settled().replicas == 4
    # When the backlog has been read, then one is enough
    backlog.read(Topic.CASES_TRIAGE, "triage")
    assert asker.settled().replicas == 1


class TestCommitMarkers:
    """The gate writes in transactions, and each leaves a marker that counts as lag though nothing waits."""

    def test_markers_alone_are_no_work(self, backlog: Backlog, ask: Ask) -> None:
        # Given a group that has read everything and stands before the last marker of each partition
        backlog.put_in_transactions(Topic.CASES_TRIAGE, [(2, 2, 2, 2)] * 3)
        backlog.read(Topic.CASES_TRIAGE, "triage")
        # When zero replicas are allowed
        answer = ask("triage", backlog, minReplicas=0).round()
        # Then none stays
        assert (answer.active, answer.replicas) == (False, 0)

    def test_without_a_threshold_they_would_keep_a_replica(self, backlog: Backlog, ask: Ask) -> None:
        backlog.put_in_transactions(Topic.CASES_TRIAGE, [(2, 2, 2, 2)] * 3)
        backlog.read(Topic.CASES_TRIAGE, "triage")
        answer = ask("triage", backlog, minReplicas=0, spoilt={"lag.activationLagThreshold": "0"}).round()
        assert (answer.active, answer.replicas) == (True, 1)
        assert answer.metrics is not None
        assert answer.metrics[0].value == 4
