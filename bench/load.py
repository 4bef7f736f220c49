"""What the sides work on: posts of 200 bytes, the same in every run, and the topics that they lie in."""

from collections.abc import Iterable, Iterator
from random import Random

from confluent_kafka import Producer

from stream.core.content import Published
from stream.core.wire import encode

TEXT_BYTES = 200
LINE = (
    "the river was high this morning and nobody had told us why so we walked along the old wall until "
    "noon with bread cheese two dogs some rope a map that was wrong and a great deal of good will"
)
WORDS = LINE.split()

Pair = tuple[bytes, bytes]
"""A record's key and value."""


def text(number: int) -> str:
    """A post of 200 bytes; another one for each number, with no two alike."""
    chosen = Random(number).choices(WORDS, k=40)
    return f"{number} {' '.join(chosen)}".ljust(TEXT_BYTES, ".")[:TEXT_BYTES]


TEXTS = [text(number) for number in range(1_000)]


def content_id(number: int) -> str:
    """The id of one post."""
    return f"post-{number:09d}"


def posts(count: int, *, ids: int | None = None, at: int = 1_700_000_000_000) -> Iterator[Pair]:
    """`count` publications; with `ids`, of so many posts again and again, word for word."""
    for number in range(count):
        which = number if ids is None else number % ids
        event = Published(
            id=content_id(which),
            version=1,
            at=at + which,
            text=TEXTS[which % len(TEXTS)],
            surface="comment",
            author=f"author-{which % 5_000}",
            language="en",
        )
        yield event.id.encode(), encode(event)


def fill(bootstrap: str, topic: str, pairs: Iterable[Pair]) -> None:
    """Write records, each to the partition of its key.

    Raises:
        RuntimeError: the broker did not take them all.
    """
    producer = Producer(
        {
            "bootstrap.servers": bootstrap,
            "partitioner": "murmur2_random",
            "acks": "all",
            "linger.ms": 20,
            "queue.buffering.max.messages": 200_000,
        }
    )
    for key, value in pairs:
        while True:
            try:
                producer.produce(topic, value, key)
            except BufferError:
                producer.poll(0.05)
            else:
                break
    if producer.flush(60):
        raise RuntimeError(f"{topic} could not be filled")
