"""Posts from a user's file: what is taken, what is refused and how, and what there is no time for."""

import gzip
import json
from pathlib import Path

import pytest

from stream.core.content import Published
from stream.core.errors import Misconfigured
from stream.ops.demo.feed import posts_of


def lines(count: int) -> bytes:
    return b"".join(json.dumps({"id": f"p{n}", "text": f"text {n}"}).encode() + b"\n" for n in range(count))


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["posts.jsonl", "posts.jsonl.gz"])
def test_posts_come_one_a_line_plain_or_compressed(tmp_path: Path, name: str) -> None:
    content = b"\xef\xbb\xbf" + lines(2) + b"\n   \n" + lines(3)[len(lines(2)) :]
    path = written(tmp_path, name, gzip.compress(content) if name.endswith("gz") else content)
    feed = posts_of(path, 60)
    assert [beat.event.id for beat in feed.beats] == ["p0", "p1", "p2"]
    assert [beat.after_ms for beat in feed.beats] == [0, 10, 20]
    assert all(isinstance(beat.event, Published) for beat in feed.beats)


def test_what_there_is_no_time_for_is_counted_and_not_read(tmp_path: Path) -> None:
    # Given a file whose end is no post, and more lines than can be sent in a second
    path = written(tmp_path, "posts.jsonl", lines(250) + b"broken\n\n")
    # When there is one second
    feed = posts_of(path, 1.0)
    # Then what fits into it is taken, and the rest is known by its number
    assert (len(feed.beats), feed.beyond, feed.total) == (101, 150, 251)


CUT = gzip.compress(lines(1_000))[:-20]
SPOILT = bytearray(gzip.compress(lines(1_000)))
SPOILT[30:60] = b"\xff" * 30


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("cut.jsonl.gz", CUT, "cannot be read: Compressed file ended"),
        ("spoilt.jsonl.gz", bytes(SPOILT), "cannot be read"),
        ("plain.jsonl.gz", lines(1), "cannot be read: Not a gzipped file"),
        ("latin.jsonl", b'{"id":"a","text":"caf\xe9"}', "cannot be read: 'utf-8'"),
        ("empty.jsonl", b"", "holds no posts"),
        ("blank.jsonl", b"\n \n", "holds no posts"),
        ("endless.jsonl", lines(2) + b"x" * 1_100_000, ":3: longer than any record"),
        ("words.jsonl", lines(2) + b"hello\n", ":3: not a post: not JSON"),
        ("list.jsonl", b"[]\n", ":1: not a post: not a JSON object"),
        ("bare.jsonl", b'{"id":"a"}\n', ":1: not a post: Object missing required field `text`"),
        ("number.jsonl", b'{"id":7,"text":"x"}\n', ":1: not a post: Expected `str`, got `int` - at `$.id`"),
    ],
)
def test_a_file_that_will_not_do_is_refused_by_place_and_cause(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(Misconfigured) as refused:
        posts_of(path, 60)
    assert str(refused.value).startswith(str(path))
    assert says in str(refused.value)


def test_a_file_that_is_not_there_and_a_folder_are_refused_too(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.jsonl", tmp_path):
        with pytest.raises(Misconfigured, match="cannot be read"):
            posts_of(path, 60)
