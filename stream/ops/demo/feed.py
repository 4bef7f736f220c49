"""What the demo publishes: the feed written for this project, or the user's own posts."""

import gzip
import time
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec import Struct

from stream.core.content import ContentEvent
from stream.core.errors import BadInput, Unreadable
from stream.ops.lines import events_of

FEED = Path(__file__).parent / "feed.jsonl"
_RATE = 100.0
_LONGEST = 1_048_576
"""Characters of a line: no record takes more."""


class Beat(Struct, frozen=True):
    """One event and when it is due, in ms after the feed's start."""

    after_ms: int
    event: ContentEvent


class Feed(Struct, frozen=True):
    """What is published, in the order of its times; `beyond`: events for which there is no time."""

    beats: list[Beat]
    beyond: int = 0

    @property
    def total(self) -> int:
        """How many events there are."""
        return len(self.beats) + self.beyond


def own_feed(path: Path = FEED) -> Feed:
    """The feed that is shipped."""
    decoder = msgspec.json.Decoder(Beat)
    return Feed(sorted(map(decoder.decode, path.read_bytes().splitlines()), key=lambda beat: beat.after_ms))


def posts_of(path: Path, seconds: float) -> Feed:
    """The user's own posts, one a JSON line, gzipped or not: `{"id", "text", …}`, 100 a second.

    Other fields of a publication (surface, language, author …) are taken where they are given; whole
    events with a `type` are taken as they are. What there is no time for is counted, not read: a file
    may be larger than the memory.

    Raises:
        BadInput: the file cannot be read, or a line is no post; says which and why.
    """
    try:
        with _opened(path) as file:
            lines = _lines(path, file)
            beats = list(islice(_beats(path, lines), int(seconds * _RATE) + 1))
            feed = Feed(beats, sum(1 for line in lines if line.strip()))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path}: cannot be read: {error}. Give a file of JSON lines, or .gz of one."
        ) from error
    if not feed.beats:
        raise BadInput(f"{path}: holds no posts. {_FORM}.")
    return feed


_FORM = 'A line is a JSON object with at least "id" and "text"'


def _opened(path: Path) -> TextIO:
    # utf-8-sig: a mark of byte order, as some editors write one, is no part of the first post.
    opened = gzip.open if path.suffix == ".gz" else open
    return opened(path, "rt", encoding="utf-8-sig")


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST:
            raise BadInput(f"{path}:{number}: longer than any record may be. {_FORM}.")
        yield line


def _beats(path: Path, lines: Iterator[str]) -> Iterator[Beat]:
    now = time.time_ns() // 1_000_000
    for count, (number, event) in enumerate(events_of(lines, now)):
        if isinstance(event, Unreadable):
            raise BadInput(f"{path}:{number}: not a post: {event}. {_FORM}.")
        yield Beat(round(count * 1000 / _RATE), event)
