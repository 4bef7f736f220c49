"""The tables equal a recomputation from the topics, whatever happened to the workers."""

import random
import threading
import time

import pytest
from msgspec.json import decode, encode

from stream.core.ledger import decode_entry, view_of
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin
from tests.integration.ledger.world import (
    Worker,
    differences,
    kept,
    life,
    others,
    publish_lives,
    publish_records,
    recomputed,
)

POSTS = 600
SECONDS = 20.0
HOUR = 3_600_000


def settled(installation: Installation) -> None:
    """Wait until the ledger has everything that the path has said, and the path has no more to say."""

    def is_still() -> bool:
        before = recomputed(installation)
        same = not differences(installation) and before == recomputed(installation)
        return same and len(before) >= POSTS * 0.99

    eventually(is_still, 90, f"equality; differing: {list(differences(installation).items())[:3]}")


def all_shared_out(workers: list[Worker]) -> bool:
    """Whether each partition is worked on by exactly one of them."""
    had = [worker.partitions for worker in workers]
    return set().union(*had) == set(range(PARTITIONS)) and sum(map(len, had)) == PARTITIONS


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_tables_survive_kills_and_rebalances(path: Installation, begin: Begin, seed: int) -> None:
    # Given two workers, and posts with their whole lives
    chance = random.Random(seed)
    workers = [begin(0), begin(1)]
    publishing = threading.Thread(target=publish_lives, args=(path, POSTS, SECONDS, seed))
    publishing.start()
    # When they are killed, told to leave and started again all the while
    kills = 0
    while publishing.is_alive():
        time.sleep(chance.uniform(0.5, 2.5))
        worker = chance.choice(workers)
        if chance.random() < 0.7:
            worker.member.kill()
            kills += 1
        else:
            worker.member.end()
            worker.member.start()
    publishing.join()
    assert kills >= 3
    # Then once the partitions are shared out again, the tables are what the topics say
    eventually(lambda: all_shared_out(workers), 60, "every partition being worked on")
    settled(path)
    # And each worker gives the whole recomputed answer about every post, whoever has it
    for key, entry in recomputed(path).items():
        before = viewed(key, entry)
        told = chance.choice(workers).get(f"content/{key.decode()}").json()
        assert told in (before, viewed(key, entry))  # some case's due time may pass meanwhile


def viewed(key: bytes, entry: bytes) -> object:
    """What is to be told of an entry now."""
    return decode(encode(view_of(key.decode(), decode_entry(entry), round(time.time() * 1_000))))


def test_a_worker_that_begins_with_nothing_recovers_what_another_knew(
    path: Installation, begin: Begin
) -> None:
    # Given a ledger that knows some posts, and dies with all it had on its disk
    first = begin(0)
    publish_lives(path, 50, 2.0)
    eventually(lambda: len(kept(path)) == 50 and not differences(path), 60, "the first ledger's entries")
    before = {key.decode(): first.get(f"content/{key.decode()}").json() for key in kept(path)}
    first.member.process.kill()
    first.member.process.wait()
    # When another begins elsewhere, with no state of its own
    second = begin(1)
    # Then it answers as the first did
    eventually(lambda: len(second.partitions) == PARTITIONS, 30, "every partition being recovered")
    for content_id, answer in before.items():
        assert second.get(f"content/{content_id}").json()["cases"] == answer["cases"]
    assert not differences(path)


def test_a_ledger_that_begins_late_knows_what_still_waits_whatever_it_reads_first(
    installation: Installation, begin: Begin
) -> None:
    # Given posts that were decided two days ago, half of them reported since and waiting for people
    begun = round(time.time() * 1_000) - 48 * HOUR
    lives = [life(f"old-{number}", begun, reported=number % 2 == 0) for number in range(200)]
    # And reviews of others, so many that those reports are read long after all that was decided
    publish_records(installation, others(3_000, begun))
    publish_records(installation, [event for each in lives for event in each])
    # When a ledger begins that keeps what is closed for a day
    begin(0, LEDGER__RETENTION_HOURS="24")
    # Then it knows all of those that wait, and nothing of the others
    waiting = {f"old-{number}".encode() for number in range(0, 200, 2)}
    should = {key: entry for key, entry in recomputed(installation).items() if key in waiting}
    eventually(lambda: kept(installation) == should, 60, "whole entries of what waits, and none besides")


def test_what_is_closed_leaves_the_tables_and_the_changelog(path: Installation, begin: Begin) -> None:
    # Given a ledger that keeps nothing that is closed / When posts are published
    begin(0, LEDGER__RETENTION_HOURS="0.0001")
    publish_lives(path, 50, 1.0)

    # Then only what waits is kept
    def only_what_waits() -> bool:
        should = recomputed(path)
        waiting = {key for key, entry in should.items() if decode_entry(entry).open_cases}
        return len(should) == 50 and set(kept(path)) == waiting

    eventually(only_what_waits, 60, "the leaving of what is closed")
