"""The web views: any worker answers for all, without a word of what people wrote."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from stream.adapters.brokers import Broker
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import at_work, working
from tests.integration.ledger.world import Worker, differences, kept, publish_lives
from tests.integration.processes.test_engine_trouble import publish

IDS = (("post%2F1%23c=2", "post/1#c=2"), ("post/1%23c=2", "post/1#c=2"), ("post%252", "post%2"))
SECRET = "a-secret-word-of-a-post"


def both_at_work(first: Worker, second: Worker) -> bool:
    return len(first.partitions) == len(second.partitions) == PARTITIONS / 2


@pytest.fixture(scope="module")
def workers(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Worker, Worker]]:
    """Two workers that share the partitions, and know some posts."""
    path = Installation(broker, tmp_path_factory.mktemp("views"))
    first, second = Worker(path, 0), Worker(path, 1)
    with at_work(path), working(first, second):
        eventually(lambda: both_at_work(first, second), 60, "two workers with half of the partitions each")
        publish(path, {"post/1#c=2": SECRET, "post%2": SECRET})
        publish_lives(path, 40, 1.0)
        eventually(lambda: len(kept(path)) == 42 and not differences(path), 60, "the entries")
        yield first, second


def test_a_question_about_another_workers_content_is_routed_to_it(workers: tuple[Worker, Worker]) -> None:
    for worker in workers:
        for number in range(40):
            answer = worker.get(f"content/p{number}")
            assert (answer.status_code, answer.json()["id"]) == (200, f"p{number}")
    # And truly so: neither worker has them all
    assert workers[0].partitions.isdisjoint(workers[1].partitions)


def test_ids_that_need_escaping_are_found_on_either_worker(workers: tuple[Worker, Worker]) -> None:
    for worker in workers:
        for path, content_id in IDS:
            answer = worker.get(f"content/{path}")
            assert (answer.status_code, answer.json()["id"]) == (200, content_id)


def test_no_view_tells_what_somebody_wrote(workers: tuple[Worker, Worker]) -> None:
    first, _ = workers
    for view in ("content/post%252", "summary", "overdue", "healthz"):
        assert SECRET not in first.get(view).text


def test_counts_are_those_of_all_workers_and_a_missing_one_is_named(workers: tuple[Worker, Worker]) -> None:
    first, second = workers
    eventually(lambda: first.get("summary").json()["entries"] == 42, 10, "a census of both")
    whole = first.get("summary").json()
    assert {**second.get("summary").json(), "at": 0, "waiting": []} == {**whole, "at": 0, "waiting": []}
    assert whole["missing"] == []
    # When one is stopped / Then the other tells what it has, and who did not answer
    second.member.stop_for(60)
    half = first.get("summary").json()
    assert half["missing"] == [f"127.0.0.1:{second.port}"]
    assert half["entries"] < 42
    second.member.go_on()


def test_a_limit_that_is_no_number_is_refused(workers: tuple[Worker, Worker]) -> None:
    assert workers[0].get("overdue", limit="many").status_code == 400
    assert workers[0].get("overdue", limit="0").json()["cases"] == []


def test_an_unknown_id_is_not_found_with_a_reason(workers: tuple[Worker, Worker]) -> None:
    answer = workers[0].get("content/nobody-knows")
    assert answer.status_code == 404
    assert "retention" in answer.json()["error"]


def test_trace_asks_the_ledger_first_and_goes_on_without_one(workers: tuple[Worker, Worker]) -> None:
    # Given a ledger / When somebody asks for a post's life / Then its cases stand first
    first, _ = workers
    told = traced(first, f"http://127.0.0.1:{first.port}")
    assert "case c" in told.stdout.splitlines()[0]
    assert "by what the ledger knows" in told.stderr
    assert SECRET not in told.stdout
    # When the ledger is away / Then it says so, and reads Kafka alone
    alone = traced(first, "http://127.0.0.1:9")
    assert "reading Kafka alone" in alone.stderr
    assert "HOLD v1" in alone.stdout


def traced(worker: Worker, url: str) -> subprocess.CompletedProcess[str]:
    """`sluice trace post%2`, told of a ledger at this address."""
    return subprocess.run(
        [sys.executable, "-m", "stream.cli", "trace", "post%2"],
        env={**worker.member.environment, "SLUICE_LEDGER__URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
