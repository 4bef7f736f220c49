"""What the demo publishes: the feed written for this project, or the user's own posts."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct

from stream.core.content import ContentEvent
from stream.core.errors import Misconfigured, Unreadable
from stream.ops.lines import events_of

FEED = Path(__file__).parent / "feed.jsonl"
_RATE = 100.0


class Beat(Struct, frozen=True):
    """One event and when it is due, in ms after the feed's start."""

    after_ms: int
    event: ContentEvent


def own_feed(path: Path = FEED) -> list[Beat]:
    """The feed that is shipped, in the order of its times."""
    decoder = msgspec.json.Decoder(Beat)
    return sorted(map(decoder.decode, path.read_bytes().splitlines()), key=lambda beat: beat.after_ms)


def posts_of(path: Path) -> list[Beat]:
    """The user's own posts, one a JSON line, gzipped or not: `{"id", "text", …}`, 100 a second.

    Other fields of a publication (surface, language, author …) are taken where they are given; whole
    events with a `type` are taken as they are.

    Raises:
        Misconfigured: the file cannot be read, or a line is no post; says which and why.
    """
    try:
        with _opened(path) as file:
            return list(_beats(path, file))
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"{path}: cannot be read: {error}. Give a file of JSON lines, or .gz of one."
        ) from error


def _opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def _beats(path: Path, file: TextIO) -> Iterator[Beat]:
    now = time.time_ns() // 1_000_000
    for count, (number, event) in enumerate(events_of(file, now)):
        if isinstance(event, Unreadable):
            form = 'a line is a JSON object with at least "id" and "text"'
            raise Misconfigured(f"{path}:{number}: not a post: {event}; {form}.")
        yield Beat(round(count * 1000 / _RATE), event)
