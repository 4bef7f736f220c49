"""Bad input, aborted records, and a ledger that is slow or away."""

import time
from pathlib import Path

from confluent_kafka import Producer

from stream.adapters.brokers import Broker
from stream.core.murmur2 import partition_of
from stream.core.terms import Decision
from stream.core.topics import Topic
from stream.core.verdict import Verdict
from stream.core.wire import encode, read_dead_letter
from stream.wiring.ledger import DRAIN_SECONDS
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin, working
from tests.integration.ledger.world import Worker, kept, others, publish_records
from tests.integration.processes.conftest import Start
from tests.integration.processes.test_engine_trouble import publish

DIGEST = "sha256:" + "ab" * 32


def verdict(content_id: str, decision: Decision = Decision.REMOVE) -> bytes:
    return encode(Verdict(id=content_id, version=1, decision=decision, at=1_800_000_000_000, digest=DIGEST))


def test_what_cannot_be_read_becomes_a_dead_letter_and_the_stream_goes_on(
    installation: Installation, begin: Begin
) -> None:
    # Given a ledger / When its topics hold noise, unknown types, wrong keys, tombstones, then a verdict
    worker = begin(0)
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    noise = {
        Topic.VERDICTS: [b"{", b"", b'{"type":"verdict.v9","id":"p"}', verdict("another")],
        Topic.AUDIT: [b"\xff" * 300_000, b'{"type":"audit.unheard-of.v1","id":"p"}'],
        Topic.CASES_REVIEW: [b"[]"],
    }
    for topic, values in noise.items():
        for value in values:
            producer.produce(installation.topic(topic), value, "p")
    producer.produce(installation.topic(Topic.VERDICTS), None, "p")
    producer.produce(installation.topic(Topic.AUDIT), verdict("p"))
    producer.produce(installation.topic(Topic.VERDICTS), verdict("p"), "p")
    producer.flush()
    # Then the verdict counts
    eventually(lambda: worker.get("content/p").status_code == 200, 30, "the verdict behind the noise")
    assert worker.get("content/p").json()["stands"] == "remove"
    # And each of the others is a dead letter that says where it lies, without its bytes
    eventually(lambda: len(letters(installation)) == 9, 30, "nine dead letters")
    assert {letter.processor for letter in letters(installation)} == {"ledger"}
    assert {letter.value for letter in letters(installation)} == {None}


def letters(installation: Installation) -> list:  # type: ignore[type-arg]
    found = records(installation.bootstrap, installation.topic(Topic.DEAD_LETTERS), PARTITIONS)
    return [read_dead_letter(record.value) for record in found]


def test_what_the_gate_aborted_does_not_count(installation: Installation, begin: Begin) -> None:
    # Given a transaction with a removal that is aborted, then one with a hold that is committed
    worker = begin(0)
    producer = Producer(
        {"bootstrap.servers": installation.bootstrap, "transactional.id": installation.names.prefix + "t"}
    )
    producer.init_transactions()
    place = partition_of(b"p", PARTITIONS)
    topic = installation.topic(Topic.VERDICTS)
    for name, ends in (("p", producer.abort_transaction), ("q", producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(topic, verdict(name), name, partition_of(name.encode(), PARTITIONS))
        producer.flush()
        ends()
    # When the committed one is known / Then the aborted one is not
    eventually(lambda: worker.get("content/q").status_code == 200, 30, "the committed verdict")
    # And not behind it either: what was committed into its own partition afterwards is known
    behind = next(name for name in map(str, range(100)) if partition_of(name.encode(), PARTITIONS) == place)
    producer.begin_transaction()
    producer.produce(topic, verdict(behind), behind, place)
    producer.commit_transaction()
    eventually(lambda: worker.get(f"content/{behind}").status_code == 200, 30, "the record behind it")
    assert worker.get("content/p").status_code == 404


def test_a_ledger_that_hangs_or_is_away_delays_no_verdict(
    installation: Installation,
    begin: Begin,
    start: Start,
    watcher: Watcher,
) -> None:
    # Given the path without any ledger, and how long it takes to release a hundred posts
    for kind in ("gate", "triage", "scripted"):
        start(kind)
    publish(installation, {"warm": "hello"})
    eventually(lambda: released(watcher) == 1, 60, "the path at work")
    traffic = Traffic(installation, watcher)
    alone = traffic.fastest()
    bound = 2 * alone + 1  # this machine's other work; who waits for a ledger's session or answer waits 3 s
    # When there is a ledger that hangs with everything it had in hand / Then it takes no longer
    worker = begin(0)
    worker.member.stop_for(600)
    assert traffic.fastest() < bound
    # When it is gone altogether / Then neither
    worker.member.go_on()
    worker.member.end()
    assert traffic.fastest() < bound
    # And when it comes back it knows them all
    worker.start()
    known = traffic.posts + 1  # with the one that warmed the path
    eventually(
        lambda: worker.get("summary").json()["contents"].get("release", 0) == known, 30, "its knowledge"
    )


def test_a_worker_that_is_told_to_end_amid_its_work_ends_at_once(
    installation: Installation, begin: Begin
) -> None:
    # Given a worker with more before it than it can read in seconds
    publish_records(installation, others(60_000, 1_700_000_000_000))
    worker = begin(0)
    eventually(lambda: bool(kept(installation)), 30, "its first entries")
    assert worker.health()["behind"] > 0
    # When it is told to end / Then it does not wait for what it leaves to the next one
    began = time.monotonic()
    worker.member.end()
    assert time.monotonic() - began < DRAIN_SECONDS / 2


def test_a_worker_too_many_has_nothing_and_says_so(installation: Installation, begin: Begin) -> None:
    # Given more workers than partitions, and posts
    workers = [begin(number) for number in range(PARTITIONS + 1)]
    eventually(lambda: spread(workers) == [0, 1, 1, 1, 1], 60, "every partition being worked on")
    publish_records(installation, others(40, round(time.time() * 1_000)))
    # When any of them is asked / Then the answer is whole
    for worker in workers:
        eventually(lambda: worker.get("summary").json().get("entries") == 40, 30, "a census of all")  # noqa: B023
        assert worker.get("summary").json()["missing"] == []
    # And the one that has nothing is ready, and counts nothing as its own
    (idle,) = (worker for worker in workers if not worker.partitions)
    assert idle.health()["ready"]
    assert idle.health()["behind"] == 0
    assert idle.get("summary", scope="local").json()["summary"]["entries"] == 0


def spread(workers: list[Worker]) -> list[int]:
    """How many partitions each has, ascending."""
    return sorted(len(worker.partitions) for worker in workers)


def test_what_nobody_answers_in_time_is_told_as_overdue(broker: Broker, tmp_path: Path) -> None:
    # Given a gate that dies with an open case, of which nobody is told any more
    installation = Installation(broker, tmp_path, automatic=3)
    gate, worker = installation.member("gate"), Worker(installation, 0)
    gate.start()
    with working(worker):
        publish(installation, {"late": "hello"})
        eventually(lambda: worker.get("content/late").status_code == 200, 60, "the hold")
        gate.process.kill()
        gate.process.wait()
        # When its due time passes / Then the ledger's own clock says so
        eventually(lambda: worker.get("overdue").json()["total"] == 1, 30, "the overdue case")
        (case,) = worker.get("overdue").json()["cases"]
        assert (case["id"], case["stage"], case["surface"]) == ("late", "automatic", "unrouted")
        assert case["overdue_seconds"] >= 0
        assert worker.get("overdue", surface="chat").json()["cases"] == []


class Traffic:
    """Posts by the hundred; `posts` of them so far."""

    def __init__(self, installation: Installation, watcher: Watcher) -> None:
        self.posts = 0
        self._installation = installation
        self._watcher = watcher

    def fastest(self) -> float:
        """Seconds from a hundred posts' publication to their release, at best: the machine has other work."""
        return min(self._hundred() for _ in range(4))

    def _hundred(self) -> float:
        before, begun = released(self._watcher), time.monotonic()
        publish(self._installation, {f"p{self.posts + number}": "hello" for number in range(100)})
        self.posts += 100
        eventually(lambda: released(self._watcher) == before + 100, 30, "the release of a hundred posts")
        return time.monotonic() - begun


def released(watcher: Watcher) -> int:
    return sum(verdict.decision is Decision.RELEASE for verdict in list(watcher.last.values()))
