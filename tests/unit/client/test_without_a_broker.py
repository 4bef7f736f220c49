"""What apps see while no broker answers: errors in time, and hidden content."""

from math import inf
from pathlib import Path

import pytest

from stream.client import LastRecord, Publisher, SqliteVerdicts, Unavailable, VerdictReader, digest_of
from stream.core.terms import Decision
from stream.core.verdict import Verdict
from stream.core.wire import encode

# Port 1 of this machine: nothing listens there, so a connection is refused at once.
NOWHERE = {"bootstrap.servers": "127.0.0.1:1", "log_level": 0}


def test_an_undelivered_event_fails_its_future_by_name() -> None:
    # Given a publisher whose broker is away, with little patience
    with Publisher({**NOWHERE, "delivery.timeout.ms": 200}, source="/test") as publisher:
        # When it publishes
        future = publisher.publish("post-1", 1, "Hello")
        # Then the future says so
        with pytest.raises(
            Unavailable, match=r"content\.published\.v1 of 'post-1': not delivered: .*_MSG_TIMED_OUT"
        ):
            future.result(10)


def test_a_flush_in_vain_says_so() -> None:
    publisher = Publisher({**NOWHERE, "delivery.timeout.ms": 2_000}, source="/test")
    publisher.publish("post-1", 1, "Hello")
    publisher.delete("post-1", 2)
    with pytest.raises(Unavailable, match="content: some events are not yet delivered"):
        publisher.flush(0.05)
    publisher.close()


def test_a_closed_publisher_takes_nothing() -> None:
    publisher = Publisher(NOWHERE, source="/test")
    publisher.close()
    publisher.close()
    with pytest.raises(Unavailable, match="closed: make a new one"):
        publisher.publish("post-1", 1, "Hello")


def test_a_reader_that_reaches_no_broker_shows_nothing_whatever_it_has_saved(tmp_path: Path) -> None:
    # Given a store in which a release was saved
    digest = digest_of("Hello")
    release = Verdict(id="post-1", version=1, decision=Decision.RELEASE, at=0, digest=digest)
    store = SqliteVerdicts(tmp_path / "verdicts.db")
    store.open("a-cluster/verdicts")
    store.apply([("post-1", LastRecord(0, 0, encode(release)))], {0: 1})
    # When a reader starts on it and no broker answers
    with VerdictReader({**NOWHERE, "socket.timeout.ms": 300}, store=store) as reader:
        # Then it knows the release, and does not show it: something may have followed
        assert reader.state_of("post-1").verdict == release
        assert not reader.shows("post-1", 1, digest)
        assert (reader.is_current, reader.staleness) == (False, inf)
        with pytest.raises(Unavailable, match=r"verdicts: not current after 0\.1 s: "):
            reader.wait_until_current(0.1)
        assert list(reader.changes(timeout=0.05)) == []


def test_a_closed_reader_shows_nothing() -> None:
    reader = VerdictReader({**NOWHERE, "socket.timeout.ms": 300})
    reader.close()
    reader.close()
    assert not reader.shows("post-1", 1, digest_of("Hello"))
    assert reader.state_of("post-1").verdict is None
    assert list(reader.changes()) == []
