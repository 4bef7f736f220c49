"""A worker's process ends, whatever hangs."""

import subprocess
import sys

import pytest

HANGS = """
import time, logging
from stream.adapters.faust.application import LedgerApp
from stream.adapters.ending import Ending
logging.basicConfig()
app = LedgerApp("test")
app.ending = Ending(0.3)
{what}
time.sleep(60)
"""


@pytest.mark.parametrize(
    "what", ['app._crash(ValueError("the broker went"))', 'app._ends("the broker went")']
)
def test_a_process_that_hangs_at_its_end_is_ended_and_says_why(what: str) -> None:
    # Given a worker that failed, or was told to end / When nothing more happens
    code = HANGS.replace("{what}", what)
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False
    )
    # Then it ends all the same, and its last line says after what
    assert ended.returncode == 1
    assert "did not end by itself after" in ended.stderr
    assert "the broker went" in ended.stderr
