"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], seconds: float = 30.0, what: str = "the condition") -> None:
    """Wait until it holds.

    Raises:
        AssertionError: it did not within so many seconds.
    """
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not come about within {seconds:g} s")
        time.sleep(0.05)
