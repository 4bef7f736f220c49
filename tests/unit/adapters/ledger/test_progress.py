"""How far a worker is, and until when it knows everything: never later than it can be sure of."""

import pytest
from faust.types import TP

from stream.adapters.faust.transport import Reading
from tests.unit.adapters.ledger.world import message, progress

VERDICTS, AUDIT = TP("verdicts", 0), TP("audit", 0)
ASKED = 9_000
"""When Kafka was last asked (ms)."""
ALL_READ = Reading(unread=0, last=None, at=ASKED)


@pytest.mark.parametrize(
    ("reading", "folded", "behind", "until"),
    [
        pytest.param(Reading(0, 7, ASKED), 7, 0, ASKED, id="nothing waits"),
        pytest.param(Reading(0, None, ASKED), None, 0, ASKED, id="nothing was ever written"),
        pytest.param(Reading(5, None, ASKED), None, 5, 0, id="unread in Kafka, nothing fetched yet"),
        pytest.param(Reading(5, 7, ASKED), 7, 5, 3_000, id="unread in Kafka"),
        pytest.param(Reading(0, 9, ASKED), 7, 2, 3_000, id="fetched and not folded"),
        pytest.param(Reading(0, 9, ASKED), None, 1, 0, id="fetched and none of it folded"),
        pytest.param(Reading(1, 7, ASKED), 7, 1, 3_000, id="a transaction's marker at the end"),
        pytest.param(Reading(0, 6, ASKED), 7, 0, ASKED, id="folded since Kafka was asked"),
    ],
)
def test_what_waits_and_until_when_everything_is_known(
    reading: Reading, folded: int | None, behind: int, until: int
) -> None:
    # Given one topic read to its end, the other so far / When an event of the third second was folded
    known = progress({VERDICTS: reading, AUDIT: ALL_READ})
    if folded is not None:
        known.folded(message("verdicts", folded, 3.0))
    assert known.behind() == {"verdicts": behind, "audit": 0}
    assert known.until(0) == until


def test_a_topic_of_which_nothing_is_known_leaves_everything_open() -> None:
    known = progress({VERDICTS: ALL_READ})
    assert known.until(0) == 0
    assert known.behind() == {"verdicts": 0, "audit": 0}


def test_the_slowest_topic_says_until_when_and_other_topics_do_not_count() -> None:
    known = progress(
        {VERDICTS: ALL_READ, AUDIT: Reading(1, 7, ASKED), TP("ledger-state", 0): Reading(9, 9, 1)}
    )
    known.folded(message("audit", 7, 2.0))
    assert (known.until(0), known.behind()) == (2_000, {"verdicts": 0, "audit": 1})


def test_what_was_read_before_partitions_were_taken_away_says_nothing_any_more() -> None:
    known = progress({VERDICTS: Reading(0, 7, ASKED), AUDIT: ALL_READ})
    known.folded(message("verdicts", 7, 3.0))
    known.forget()
    assert (known.until(0), known.behind()["verdicts"]) == (0, 0)
