"""What every bench is given."""

import time
from collections.abc import Iterator

from msgspec import Struct

ROUNDS = 5
QUICK_ROUNDS = 2


class Setting(Struct, frozen=True):
    """The broker, and how thorough to be."""

    bootstrap: str
    quick: bool = False
    rounds: int | None = None

    def times(self) -> int:
        """How many rounds: 5 for figures that count."""
        return self.rounds or (QUICK_ROUNDS if self.quick else ROUNDS)

    def size(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full

    def rounds_of(self, what: str, times: int | None = None) -> Iterator[int]:
        """Count the rounds from 0, saying of each when it begins: a bench takes minutes."""
        times = times or self.times()
        begun = time.monotonic()
        for number in range(times):
            print(
                f"  {what}: round {number + 1} of {times}, after {time.monotonic() - begun:.0f} s", flush=True
            )
            yield number
