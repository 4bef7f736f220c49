"""One bounded quantity (slots, or weight) that lanes share, each with a reserve of its own. Pure."""

from collections.abc import Mapping


class Budget:
    """Counts what each lane holds and may still take: never of what is kept free for the others."""

    def __init__(self, cap: int, reserved: Mapping[str, int]) -> None:
        """Share `cap` among the lanes; `reserved` names every lane, with 0 for none."""
        self._cap = cap
        self._reserved = reserved
        self._held = dict.fromkeys(reserved, 0)

    @property
    def held(self) -> int:
        """What all lanes hold together; never above the cap."""
        return sum(self._held.values())

    def most(self, lane: str) -> int:
        """The largest amount that this lane can ever hold."""
        return self._cap - sum(reserve for other, reserve in self._reserved.items() if other != lane)

    def room(self, lane: str) -> int:
        """What this lane may take now; zero or less if nothing."""
        kept = sum(
            max(0, reserve - self._held[other]) for other, reserve in self._reserved.items() if other != lane
        )
        return self._cap - self.held - kept

    def take(self, lane: str, amount: int) -> None:
        """Hold an amount that there is room for."""
        self._held[lane] += amount

    def give(self, lane: str, amount: int) -> None:
        """Return an amount held."""
        self._held[lane] -= amount
