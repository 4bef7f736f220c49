"""A runner on a thread of its own: it is waited for, its error is told, and one that hangs is ended."""

import subprocess
import sys
import time

import pytest

from stream.adapters.ending import Ending
from stream.core.errors import Unavailable
from stream.wiring.supervision import supervise

HANGS = """
import logging, time
from stream.adapters.ending import Ending
from stream.wiring import supervision
logging.basicConfig()
supervision.LOOK_SECONDS = 0.05

class Hangs:
    turned = time.monotonic()
    def run(self):
        time.sleep(60)

supervision.supervise(Hangs(), Ending(0.3), lambda: {answers}, 0.2)
"""


class Once:
    """A runner with one turn."""

    def __init__(self, error: Exception | None = None) -> None:
        self.turned = time.monotonic()
        self.error = error
        self.ran = False

    def run(self) -> None:
        self.ran = True
        if self.error is not None:
            raise self.error


def hanging(answers: str, seconds: float) -> subprocess.CompletedProcess[str]:
    code = HANGS.replace("{answers}", answers)
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=seconds, check=False
    )


def test_a_runner_that_ends_is_waited_for() -> None:
    runner = Once()
    supervise(runner, Ending(60), lambda: True, 300)
    assert runner.ran


def test_what_a_runner_raises_is_raised() -> None:
    with pytest.raises(Unavailable, match="the broker went"):
        supervise(Once(Unavailable("the broker went")), Ending(60), lambda: True, 300)


def test_a_turn_that_hangs_while_the_brokers_answer_ends_the_process_and_says_so() -> None:
    # Given a turn that waits for ever / When the brokers answer others
    ended = hanging("True", 30)
    # Then the process ends by itself, for whoever supervises it to start it anew
    assert ended.returncode == 1
    assert "one turn took more than" in ended.stderr


def test_a_turn_that_waits_for_brokers_that_are_gone_goes_on_waiting() -> None:
    # Given a turn that waits / When no broker answers anybody / Then the process lives on
    with pytest.raises(subprocess.TimeoutExpired):
        hanging("False", 4)
