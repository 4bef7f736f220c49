"""What every bench is given."""

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
