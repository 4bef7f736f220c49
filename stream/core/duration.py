"""Lengths of time as people write them: 90s, 10m, 24h, 7d. Pure."""

from typing import Annotated

from msgspec import Meta

Duration = Annotated[
    str, Meta(pattern=r"^[1-9][0-9]{0,4}[smhd]$(?!\n)", description="such as 10m, 24h or 7d")
]
"""In a file: a number above 0 and a unit."""
_UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


def milliseconds(duration: str) -> int:
    """How long a duration is, in ms."""
    return int(duration[:-1]) * _UNITS[duration[-1]]
