"""A blocking runner beside the thread that hears signals, so that no call that hangs keeps the process."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Protocol

from stream.adapters.ending import Ending

LOOK_SECONDS = 1.0
"""How often the runner is looked at."""


class Turning(Protocol):
    """A runner that works in turns."""

    turned: float
    """When the last turn began, in seconds of the monotonic clock."""

    def run(self) -> None:
        """Work until it is told to stop."""


def supervise(
    runner: Turning,
    ending: Ending,
    answers: Callable[[], bool],
    longest: float,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Run until the runner ends; raises what it raised.

    A turn that takes longer than the group waits for has lost its partitions. Where the brokers answer
    meanwhile, its call will never end (librdkafka's issues 5456 and 5511 are such), so the process does.

    Args:
        runner: what to run, on a thread of its own.
        ending: begun for a turn that hangs.
        answers: whether the brokers answer now.
        longest: seconds that a turn may take.
        clock: the runner's.
    """
    with ThreadPoolExecutor(1, "runner") as pool:
        work = pool.submit(runner.run)
        while wait([work], LOOK_SECONDS).not_done:
            if clock() - runner.turned > longest and answers():
                ending.begin(f"one turn took more than {longest:.0f} s, though the brokers answer")
        work.result()
