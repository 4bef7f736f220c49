"""The demo's processes: what the demo cannot do without ends it, the ledger does not."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stream.ops.demo.fleet import ChildFailed, Fleet
from tests.fleet.waiting import eventually

NONSENSE = {"SLUICE_GATE__BATH": "3"}
"""Settings with which no process begins."""


class Struck(subprocess.Popen[bytes]):
    """A process that exists when Ctrl-C is struck, and is not yet known to whoever starts it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - whatever Popen takes
        super().__init__(*arguments, **named)
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_while_a_process_is_started_ends_that_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", Struck)
    fleet = Fleet({}, tmp_path)
    with pytest.raises(KeyboardInterrupt), fleet:
        fleet.start("gate")
    assert "The gate ended with status -15" in fleet.ending("gate")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


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
