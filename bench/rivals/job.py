"""The gate's own processor for the rivals: they differ from the gate in their plumbing alone."""

import time
from collections.abc import Sequence

from bench.errand import Errand
from stream.core.step import Terms
from stream.core.topics import TopicNames
from stream.processors.gate import Gate


class Unheard:
    """An observer that nobody listens to."""

    def stepped(self, note: str, text: int = 0) -> None:
        """Ignore it."""

    def decided(self, decision: str, by: str, seconds: float) -> None:
        """Ignore it."""

    def urgent(self, overdue: bool) -> None:
        """Ignore it."""

    def braked(self, policies: Sequence[str], surface: str) -> None:
        """Ignore it."""

    def refused(self, error: str) -> None:
        """Ignore it."""


def gate_of(errand: Errand) -> Gate:
    """The processor, as the gate's own runner drives it."""
    return Gate(TopicNames(errand.prefix), Terms(), errand.partitions, _now, Unheard())


def _now() -> int:
    return int(time.time() * 1000)
