"""Entries of another version: a ledger ends with a sentence that says what to do, and so does a view."""

from stream.cli.status import Status
from stream.core.ledger import ContentEntry, encode_entry
from stream.core.topics import Topic
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin
from tests.integration.ledger.test_trouble import verdict
from tests.integration.ledger.world import Worker, write

FOREIGN = encode_entry(ContentEntry())[1:]
"""An entry without its first byte: as it was before there was one."""
SELDOM = {"LEDGER__REFRESH_S": "3600"}
"""Nothing is counted but once, before there is anything."""


def test_an_entry_of_another_version_ends_a_ledger_that_begins_with_what_to_do(
    installation: Installation,
) -> None:
    # Given an entry of another version
    write(installation, Topic.LEDGER_STATE, "p", FOREIGN)
    # When a ledger begins
    worker = Worker(installation, 0)
    worker.member.start()
    # Then it ends, as by topics that cannot work, and its log says why and what to do
    assert_ended(worker)


def test_a_view_tells_of_an_entry_of_another_version_and_an_event_about_it_ends_the_ledger(
    installation: Installation, begin: Begin
) -> None:
    # Given a ledger that counts no more, and reads its tables again since another worker begins
    worker, other = begin(0, **SELDOM), Worker(installation, 1, **SELDOM)
    write(installation, Topic.LEDGER_STATE, "p", FOREIGN)
    other.member.start()
    # When it is asked for an entry of another version / Then it says so
    eventually(lambda: worker.get("content/p").status_code == 500, 60, "the entry")
    assert "Run that version, or rebuild the ledger" in worker.get("content/p").json()["error"]
    # When an event comes about it / Then it ends, as by topics that cannot work
    write(installation, Topic.VERDICTS, "p", verdict("p"))
    assert_ended(worker)
    assert_ended(other)


def assert_ended(worker: Worker) -> None:
    assert worker.member.process.wait(60) == Status.MISCONFIGURED
    said = worker.member.tail(1)
    assert "ended by an error" in said
    assert "Run that version, or rebuild the ledger" in said
