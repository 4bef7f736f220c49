"""The demo's processes: what the demo cannot do without ends it, the ledger does not."""

from pathlib import Path

import pytest

from stream.ops.demo.fleet import ChildFailed, Fleet
from tests.fleet.waiting import eventually

NONSENSE = {"SLUICE_GATE__BATH": "3"}
"""Settings with which no process begins."""


def test_a_ledger_that_ends_does_not_end_the_demo_but_is_told_of(tmp_path: Path) -> None:
    # Given a ledger that ends at once / When the processes are looked at
    with Fleet(NONSENSE, tmp_path) as fleet:
        fleet.start("ledger", needed=False)
        eventually(lambda: not fleet.runs("ledger"), 60, "the ledger's end")
        fleet.check()
        # Then the demo goes on, and can say what became of it
        assert fleet.ending("ledger").startswith("The ledger ended with status 3. The end of its log:")
        assert "gate.bath" in fleet.ending("ledger")


def test_a_process_of_the_path_that_ends_does(tmp_path: Path) -> None:
    with Fleet(NONSENSE, tmp_path) as fleet:
        fleet.start("gate")
        eventually(lambda: not fleet.runs("gate"), 60, "the gate's end")
        with pytest.raises(ChildFailed, match="The gate ended with status 3"):
            fleet.check()


def test_what_was_never_started_neither_runs_nor_has_ended(tmp_path: Path) -> None:
    fleet = Fleet({}, tmp_path)
    assert (fleet.runs("ledger"), fleet.ending("ledger")) == (False, "")
