"""Sending many records to a running fleet: no faster than a rate, and stopped between two."""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import typer

from stream.ports import Outgoing


def _rate(text: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,5})/s", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no rate: write 50/s")
    return int(found[1])


Rate = Annotated[
    int, typer.Option(parser=_rate, metavar="N/s", help="So many a second at most.", show_default="50/s")
]
"""Records a second. Its default is written as people type it: "50/s"."""


def paced(
    events: Iterable[Outgoing], rate: int, stopped: Callable[[], bool], passed: Callable[[], None]
) -> Iterator[Outgoing]:
    """The same records in their time.

    Args:
        events: what is to be sent.
        rate: so many a second at most.
        stopped: whether no more are wanted.
        passed: called after each.
    """
    begun = time.monotonic()
    for number, event in enumerate(events):
        ahead = begun + number / rate - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        if stopped():
            return
        yield event
        passed()
