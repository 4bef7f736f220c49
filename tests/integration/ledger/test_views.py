"""The web views: any worker answers for all, without a word of what people wrote."""

import pytest

from stream.core.murmur2 import partition_of
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin
from tests.integration.ledger.world import Worker, differences, kept, publish_lives
from tests.integration.processes.test_engine_trouble import publish

SECRET = "a-secret-word-of-a-post"


def both_at_work(first: Worker, second: Worker) -> bool:
    return len(first.partitions) == len(second.partitions) == PARTITIONS / 2


@pytest.fixture
def workers(path: Installation, begin: Begin) -> tuple[Worker, Worker]:
    """Two workers that share the partitions, and know some posts."""
    first, second = begin(0), begin(1)
    eventually(lambda: both_at_work(first, second), 60, "two workers with half of the partitions each")
    publish(path, {"post/1#c=2": SECRET, "post%2": SECRET})
    publish_lives(path, 40, 1.0)
    eventually(lambda: len(kept(path)) == 42 and not differences(path), 60, "the entries")
    return first, second


def test_a_question_about_another_workers_content_is_routed_to_it(workers: tuple[Worker, Worker]) -> None:
    for worker in workers:
        for number in range(40):
            answer = worker.get(f"content/p{number}")
            assert (answer.status_code, answer.json()["id"]) == (200, f"p{number}")
    # And truly so: neither worker has them all
    assert workers[0].partitions.isdisjoint(workers[1].partitions)


def test_ids_that_need_escaping_are_found_on_either_worker(workers: tuple[Worker, Worker]) -> None:
    for worker in workers:
        for path, content_id in (("post/1%23c=2", "post/1#c=2"), ("post%252", "post%2")):
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


def test_overdue_cases_come_with_the_most_overdue_first(path: Installation, begin: Begin) -> None:
    # Given no judge that answers in time: every case is to be answered by people within the hour
    worker = begin(0)
    publish(path, {"hard": "Добрый день, как дела"})
    eventually(lambda: worker.get("summary").json()["open"] >= 0, 30, "an answer")
    assert worker.get("overdue").json()["total"] == 0
    assert worker.get("overdue", limit="many").status_code == 400


def test_an_unknown_id_is_not_found_with_a_reason(workers: tuple[Worker, Worker]) -> None:
    answer = workers[0].get("content/nobody-knows")
    assert answer.status_code == 404
    assert "retention" in answer.json()["error"]
    assert partition_of(b"nobody-knows", PARTITIONS) in workers[0].partitions | workers[1].partitions
