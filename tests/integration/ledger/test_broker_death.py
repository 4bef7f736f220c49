"""The broker dies while the workers hand partitions over."""

import time
from collections.abc import Iterator

import pytest

from stream.adapters.brokers import JavaBroker
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin
from tests.integration.ledger.test_tables import HOUR, all_shared_out
from tests.integration.ledger.world import differences, life, publish_records, recomputed

POSTS = 300


@pytest.fixture
def broker() -> Iterator[JavaBroker]:
    """A broker that a test may kill."""
    with JavaBroker.start() as broker:
        yield broker


@pytest.mark.slow
def test_tables_are_whole_again_after_the_broker_died_while_partitions_changed_hands(
    broker: JavaBroker, installation: Installation, begin: Begin
) -> None:
    # Given two workers that know some posts
    first, second = begin(0), begin(1)
    publish(installation, "before")
    eventually(lambda: not differences(installation), 60, "the first entries")
    # When one dies and comes back, and the broker dies while the other gives partitions away
    second.member.kill()
    publish(installation, "while")
    eventually(lambda: not first.health()["ready"], 60, "partitions changing hands")
    broker.kill()
    broker.restart()
    publish(installation, "after")

    # Then both are ready again, a worker that ended being started anew, as Kubernetes does
    def both_at_work() -> bool:
        for worker in (first, second):
            worker.member.tend()
        return all(worker.health()["ready"] for worker in (first, second)) and all_shared_out([first, second])

    eventually(both_at_work, 120, "both workers sharing the partitions out")
    # And the tables are what the topics say
    eventually(lambda: not differences(installation), 60, "equality")
    assert len(recomputed(installation)) == 3 * POSTS


def publish(installation: Installation, name: str) -> None:
    """Posts that were decided, half of them reported since."""
    begun = round(time.time() * 1_000) - HOUR
    lives = [life(f"{name}-{number}", begun, reported=number % 2 == 0) for number in range(POSTS)]
    publish_records(installation, [event for each in lives for event in each])
