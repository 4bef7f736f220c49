"""How long the oldest state of a partition has waited for an answer. Pure calculation."""

from stream.ports import NEVER

_GRAIN_MS = 1_000


class Waits:
    """Counts waiting states by the second in which their wait began; exact however they come and go."""

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}

    def change(self, before: int, after: int) -> None:
        """A key's wait began at `before` and now at `after`, in ms; 0 where it does not wait."""
        if after:
            second = after // _GRAIN_MS
            self._counts[second] = self._counts.get(second, 0) + 1
        if before:
            second = before // _GRAIN_MS
            left = self._counts[second] - 1
            if left:
                self._counts[second] = left
            else:
                del self._counts[second]

    @property
    def oldest(self) -> int:
        """When the longest wait began, in ms, rounded down to the second; `NEVER` without any."""
        return min(self._counts) * _GRAIN_MS if self._counts else NEVER
