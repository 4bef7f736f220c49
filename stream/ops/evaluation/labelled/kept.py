"""A bounded, repeatable sample of a stream: the items whose names have the smallest digests."""

import heapq
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps `size` items, the same ones in whichever order they come; each is as likely as any other."""

    def __init__(self, size: int) -> None:
        """Args: size: at most so many are kept."""
        self._size = size
        self._heap: list[tuple[int, str, T]] = []

    def offer(self, name: str, item: T) -> None:
        """Show one; names are told apart."""
        rank = -int.from_bytes(sha256(name.encode(errors="surrogatepass")).digest()[:8], "big")
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, (rank, name, item))
        elif rank > self._heap[0][0]:
            heapq.heapreplace(self._heap, (rank, name, item))

    def items(self) -> list[T]:
        """What was kept, by the names' digests."""
        return [item for _rank, _name, item in sorted(self._heap, key=lambda one: (-one[0], one[1]))]
