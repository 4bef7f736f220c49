"""The broker dies while the workers hand partitions over."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from stream.adapters.brokers import JavaBroker
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin
from tests.integration.ledger.test_tables import HOUR, all_shared_out
from tests.integration.ledger.world import differences, kept, life, publish_records


@pytest.fixture
def broker() -> Iterator[JavaBroker]:
    """A broker that a test may kill."""
    with JavaBroker.start() as broker:
        yield broker


@pytest.mark.slow
def test_tables_are_whole_again_after_the_broker_died_while_partitions_changed_hands(
    broker: JavaBroker, installation: Installation, begin: Begin
) -> None:
    # Given two workers at work on a stream of posts
    first, second = begin(0), begin(1)
    with publishing(installation):
        eventually(lambda: len(kept(installation)) > 100, 60, "the first entries")
        # When one dies and comes back, and the broker dies while the other gives partitions away
        second.member.kill()
        eventually(lambda: not first.health()["ready"], 60, "partitions changing hands")
        broker.kill()
        broker.restart()

    # Then both are ready again, a worker that ended being started anew, as Kubernetes does
    def both_at_work() -> bool:
        for worker in (first, second):
            worker.member.tend()
        return all(worker.health()["ready"] for worker in (first, second)) and all_shared_out([first, second])

    eventually(both_at_work, 120, "both workers sharing the partitions out")
    # And the tables are what the topics say
    eventually(lambda: not differences(installation), 60, "equality")


@contextmanager
def publishing(installation: Installation) -> Iterator[None]:
    """Posts that were decided, half of them reported since, one after another all the while."""
    over = threading.Event()

    def publish() -> None:
        begun = round(time.time() * 1_000) - HOUR
        for number in count():
            publish_records(installation, life(f"p{number}", begun, reported=number % 2 == 0))
            if over.wait(0.005):
                return

    thread = threading.Thread(target=publish)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
