"""What the demo publishes: the feed written for this project, or the user's own posts."""

import gzip
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from stream.core.content import ContentEvent, Published
from stream.core.errors import Misconfigured

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

    Other fields of a publication (surface, language, author …) are taken where they are given.

    Raises:
        Misconfigured: the file cannot be read, or a line is no post; says which and why.
    """
    try:
        with _opened(path) as file:
            return list(_beats(path, file))
    except OSError as error:
        raise Misconfigured(
            f"{path}: cannot be read: {error}. Give a file of JSON lines, or .gz of one."
        ) from error


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _beats(path: Path, file: IO[bytes]) -> Iterator[Beat]:
    known = set(Published.__struct_fields__)
    now = time.time_ns() // 1_000_000
    count = 0
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            given = {key: value for key, value in fields.items() if key in known and value is not None}
            given["id"] = str(given["id"])
            given.setdefault("language", fields.get("lang"))
            event = msgspec.convert({"version": 1, "at": now, **given}, Published)
        except (ValueError, KeyError, AttributeError, msgspec.ValidationError) as error:
            form = 'a line is a JSON object with at least "id" and "text"'
            raise Misconfigured(f"{path}:{number}: not a post: {error}; {form}.") from error
        yield Beat(round(count * 1000 / _RATE), event)
        count += 1
