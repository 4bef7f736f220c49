"""Records as large as their topics take: the ledger goes on."""

from msgspec.structs import replace

from stream.core.topics import Topic
from stream.core.wire import encode
from tests.fleet.installation import Installation
from tests.fleet.waiting import eventually
from tests.integration.ledger.conftest import Begin
from tests.integration.ledger.test_trouble import letters, verdict
from tests.integration.ledger.world import kept, write
from tests.unit.ledger.lives import ID, routed

NOT_OVER = 1_800_000_000_000


def test_a_key_as_large_as_its_topic_takes_does_not_stop_the_ledger(
    installation: Installation, begin: Begin
) -> None:
    # Given a ledger / When noise comes under a huge key, then a verdict
    worker = begin(0)
    write(installation, Topic.AUDIT, "k" * 1_900_000, b"{")
    write(installation, Topic.VERDICTS, "p", verdict("p"))
    # Then there is a dead letter of it, and the ledger is at work
    eventually(lambda: len(letters(installation)) == 1, 30, "the dead letter")
    assert letters(installation)[0].truncated
    eventually(lambda: worker.get("content/p").status_code == 200, 30, "the verdict behind it")
    assert worker.member.is_running


def test_an_entry_grows_as_far_as_its_topic_takes_it_and_no_further(
    installation: Installation, begin: Begin
) -> None:
    # Given a ledger / When more is said about one content than fits into a record
    worker = begin(0)
    long = replace(routed(NOT_OVER), policies=32 * (128 * "p",), reason=1_000 * "\N{CLAPPER BOARD}")
    cases = [encode(replace(long, case=f"c0-{number}")) for number in range(140)]
    write(installation, Topic.AUDIT, ID, *cases)
    # Then what no longer fits is dead letters, and what did is in the changelog
    eventually(lambda: letters(installation), 60, "the first dead letter")
    assert {letter.error for letter in letters(installation)} == {"oversized"}
    eventually(lambda: len(kept(installation).get(ID.encode(), b"")) > 1_030_000, 30, "the largest entry")
    # And the ledger goes on
    write(installation, Topic.VERDICTS, "p", verdict("p"))
    eventually(lambda: worker.get("content/p").status_code == 200, 30, "the verdict behind it")
    assert worker.member.is_running
