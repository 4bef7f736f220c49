"""What the sides work on: posts of 200 bytes, the same in every run, and the topics that they lie in."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from confluent_kafka import Producer

from stream.adapters.policies import PolicyFolder, find_folder
from stream.core.case import RoutedCase, Source
from stream.core.content import Published
from stream.core.lifecycle import step
from stream.core.murmur2 import partition_of
from stream.core.state import encode_state
from stream.core.step import Arrival, Terms
from stream.core.terms import Effect, Effort, Origin
from stream.core.wire import encode

TEXT_BYTES = 200
SLOW = "slow: "
"""How a text begins that the scripted model is to take long over."""
DUE = 600_000
EPOCH = 1_700_000_000_000
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


def number_of(key: bytes) -> int:
    """The number that `content_id` was made of."""
    return int(key[5:])


def posts(count: int, *, ids: int | None = None, at: int = EPOCH) -> Iterator[Pair]:
    """`count` publications; with `ids`, of so many posts again and again, word for word."""
    for number in range(count):
        event = post(number if ids is None else number % ids, at)
        yield event.id.encode(), encode(event)


def post(number: int, at: int, *, slow: bool = False) -> Published:
    """One publication."""
    text = TEXTS[number % len(TEXTS)]
    return Published(
        id=content_id(number),
        version=1,
        at=at + number,
        text=SLOW + text if slow else text,
        surface="comment",
        author=f"author-{number % 5_000}",
        language="en",
    )


def cases(
    count: int,
    slow_share: float = 0.0,
    *,
    first: int = 0,
    at: int = EPOCH,
    policies: tuple[str, ...] = ("harassment",),
) -> Iterator[Pair]:
    """`count` routed cases; a share of them, drawn by a fixed seed, are slow to judge.

    They ask for high effort, so that nothing is asked again and each is one question a policy.
    """
    # Under any other set's name the judge would route them anew.
    in_force = PolicyFolder(find_folder(Path("policies"))).policy_set("demo").digest
    draw = Random(count)
    for number in range(first, first + count):
        event = post(number, at, slow=draw.random() < slow_share)
        case = RoutedCase(
            id=event.id,
            case=f"c0-{number}",
            version=1,
            effect=Effect.HIDE,
            origin=Origin.PUBLISH,
            opened_at=event.at,
            due=event.at + DUE,
            digest=event.digest,
            content=event,
            policies=policies,
            policy_set=in_force,
            effort=Effort.HIGH,
            source=Source(0, number),
        )
        yield event.id.encode(), encode(case)


def states(count: int, partitions: int) -> Iterator[Pair]:
    """The gate's state of `count` posts that were just held, as its changelog has them."""
    terms = Terms()
    now = time.time_ns() // 1_000_000
    for number in range(count):
        event = post(number, now)
        partition = partition_of(event.id.encode(), partitions)
        arrival = Arrival(event.id, now, f"c{partition}-{number}", partition, number)
        state = step(None, event, arrival, terms).state
        assert state is not None
        yield event.id.encode(), encode_state(state, terms.retention)


def slow_ones(count: int, slow_share: float) -> set[int]:
    """Which of `count` cases are slow."""
    draw = Random(count)
    return {number for number in range(count) if draw.random() < slow_share}


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
