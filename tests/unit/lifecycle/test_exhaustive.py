"""Every sequence of moves: four events in the fast loop, six in the whole suite."""

from collections.abc import Callable

import pytest

from stream.core.terms import Decision
from tests.unit.lifecycle.alphabet import LANES, V1
from tests.unit.lifecycle.exploration import compactions, joining_problem, walk
from tests.unit.lifecycle.world import Heard, visible

RecordProperty = Callable[[str, object], None]

FIRST = Heard(Decision.HOLD, 1, "sha256:1")
SECOND = Heard(Decision.RELEASE, 1, "sha256:1")
THIRD = Heard(Decision.HOLD, 2, "sha256:2")


def test_no_sequence_of_four_events_breaks_an_invariant() -> None:
    seen = walk(4)
    assert seen.sequences > 40_000
    assert seen.notes.keys() >= EVERYTHING_THAT_CAN_HAPPEN
    assert any(visible(world.heard) for world in seen.worlds)


def test_no_sequence_of_three_events_breaks_an_invariant_where_lanes_are_in_it() -> None:
    seen = walk(3, moves=LANES)
    assert seen.notes.keys() >= {"Outcome: urgent", "Outcome: remove", "Outcome: dropped:closed"}
    assert any(world.state is not None and world.state.restricted for world in seen.worlds)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_sequence_of_five_events_breaks_an_invariant_where_lanes_are_in_it() -> None:
    assert walk(5, moves=LANES).sequences > 500_000


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_sequence_of_six_events_breaks_an_invariant(record_property: RecordProperty) -> None:
    seen = walk(6)
    record_property("sequences", seen.sequences)
    record_property("worlds", len(seen.worlds))
    record_property("logs", len(seen.logs))
    assert seen.sequences > 1_500_000


def test_compaction_may_remove_any_older_record_and_keeps_the_last() -> None:
    assert set(compactions((FIRST, SECOND, THIRD))) == {
        (THIRD,),
        (FIRST, THIRD),
        (SECOND, THIRD),
        (FIRST, SECOND, THIRD),
    }


def test_a_log_that_lost_its_last_record_would_be_noticed() -> None:
    shown = Heard(Decision.RELEASE, 1, V1.digest)
    hidden = Heard(Decision.HOLD, 2, "sha256:2")
    assert joining_problem((shown,), (shown, hidden)) != ""
    assert joining_problem((shown, hidden), (shown, hidden)) == ""


EVERYTHING_THAT_CAN_HAPPEN = {
    "Published: held",
    "Published: repeat",
    "Published: stale",
    "Published: deleted",
    "Published: removed",
    "Edited: held",
    "Deleted: deleted",
    "Deleted: repeat",
    "Reported: watched",
    "Reported: joined",
    "Reported: repeat",
    "Reported: stale",
    "Reported: unseen",
    "Reported: not_visible",
    "Reported: deleted",
    "Appealed: appealed",
    "Appealed: joined",
    "Appealed: repeat",
    "Appealed: final",
    "Appealed: not_visible",
    "Unreadable: unreadable",
    "Unreadable: repeat",
    "Unreadable: deleted",
    "StaffDecision: release",
    "StaffDecision: remove",
    "StaffDecision: dropped:stale",
    "StaffDecision: dropped:unseen",
    "StaffDecision: dropped:deleted",
    "StaffDecision: dropped:no_digest",
    "Outcome: release",
    "Outcome: remove",
    "Outcome: closed",
    "Outcome: to_people",
    "Outcome: dropped:closed",
    "Outcome: dropped:version",
    "Outcome: dropped:effort",
    "Outcome: dropped:with_people",
    "Outcome: dropped:same_decider",
    "Outcome: dropped:anonymous",
    "Outcome: dropped:undecided",
    "Outcome: dropped:no_digest",
    "CaseRequested: requested",
    "CaseRequested: repeat",
    "CaseRequested: dropped:stale",
    "CaseRequested: dropped:unseen",
    "CaseRequested: dropped:deleted",
    "Tick: overdue",
    "Tick: forgotten",
}
