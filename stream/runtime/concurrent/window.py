"""What is in flight, and whether one more record may join it."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from stream.runtime.concurrent.budget import Budget
from stream.runtime.concurrent.item import Item
from stream.runtime.concurrent.settings import Lane, Settings


class Window:
    """Items from admission to acknowledgement, in the order of admission, never more than the caps allow.

    Attributes:
        deadlines: seconds that an item may take, by lane.
    """

    def __init__(self, settings: Settings, lanes: Sequence[Lane]) -> None:
        """Share slots among the lanes as they reserve them, and weight in the same proportions."""
        reserved = {lane.name: lane.reserved for lane in lanes}
        weights = {name: settings.weight * slots // settings.slots for name, slots in reserved.items()}
        self._slots = Budget(settings.slots, reserved)
        self._weight = Budget(settings.weight, weights)
        self.deadlines = {
            lane.name: settings.deadline if lane.deadline is None else lane.deadline for lane in lanes
        }
        self._items: dict[Item, None] = {}
        self._by_key: dict[bytes, list[Item]] = {}

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Item]:
        return iter(tuple(self._items))

    def __contains__(self, item: Item) -> bool:
        return item in self._items

    def bounded(self, lane: str, weight: int) -> int:
        """The weight to count for a record: one heavier than its lane's whole share counts as that share."""
        return max(0, min(weight, self._weight.most(lane)))

    def fits(self, lane: str, weight: int) -> bool:
        """Whether a record of this (bounded) weight may enter now."""
        return self._slots.room(lane) >= 1 and self._weight.room(lane) >= weight

    def enter(self, item: Item) -> None:
        """Take an item in."""
        self._slots.take(item.lane, 1)
        self._weight.take(item.lane, item.weight)
        self._items[item] = None
        if item.record.key is not None:
            self._by_key.setdefault(item.record.key, []).append(item)

    def leave(self, item: Item) -> None:
        """Let an item go, and its slot with it."""
        del self._items[item]
        self._slots.give(item.lane, 1)
        self._weight.give(item.lane, item.weight)
        if item.record.key is not None:
            same = self._by_key[item.record.key]
            same.remove(item)
            if not same:
                del self._by_key[item.record.key]

    def same_key(self, key: bytes | None) -> Sequence[Item]:
        """The items with this record key, oldest first."""
        return tuple(self._by_key.get(key, ())) if key is not None else ()

    def overdue(self, now: float) -> Sequence[Item]:
        """The items whose deadline has passed at `now`, a time of the clock that `begun` is read from."""
        latest = now - min(self.deadlines.values())
        begun = takewhile(lambda item: item.begun <= latest, self._items)
        return tuple(item for item in begun if item.begun <= now - self.deadlines[item.lane])

    def of(self, lane: str) -> Sequence[Item]:
        """The items of one lane, oldest first."""
        return tuple(item for item in self._items if item.lane == lane)
