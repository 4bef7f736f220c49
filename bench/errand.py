"""What a side is sent to do, and how it answers; it imports nothing that a rival's environment lacks."""

import os
import sys
from typing import Any

import msgspec


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one side.

    Attributes:
        bootstrap: the broker.
        prefix: of this side's own topics and group.
        partitions: of every topic.
        warm: messages before the clock starts.
        count: messages that are timed.
        options: what only this kind of side knows.
    """

    bootstrap: str
    prefix: str
    partitions: int = 4
    warm: int = 0
    count: int = 0
    options: dict[str, Any] = {}

    @classmethod
    def given(cls) -> "Errand":
        """The errand that this process was started with."""
        return msgspec.json.decode(sys.argv[1], type=cls)


def tell(event: str, **values: Any) -> None:  # noqa: ANN401 - any JSON
    """Say something to the bench: one line of JSON on standard output."""
    # Past sys.stdout, which Faust takes for its log.
    os.write(1, msgspec.json.encode({"event": event, **values}) + b"\n")
