"""What apps and users do during a chaos run: posts, edits, repeats, deletions, reports, appeals, noise."""

import heapq
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from confluent_kafka import Producer

from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.core.wire import encode

TEXTS = (
    "Good morning, the market opens at nine today.",
    "Selling a bicycle, blue, hardly used. Pick up only.",
    "CLICK HERE and win a free phone, send your card number now!!!",
    "You are worthless and everybody here wants you gone.",
    "Wer kommt morgen mit ins Kino?",
)


class Action(NamedTuple):
    """One record and when it is due, in seconds after the start."""

    at: float
    order: int
    key: str
    value: bytes
    kind: str


def actions(posts: int, seconds: float, seed: int) -> list[Action]:
    """A reproducible script of about 1.6 records a post."""
    chance = random.Random(seed)
    heap: list[Action] = []
    for number in range(posts):
        begin = seconds * number / posts
        for after, key, value, kind in _life(f"p{number}", chance):
            heapq.heappush(heap, Action(begin + after, len(heap), key, value, kind))
    return [heapq.heappop(heap) for _ in range(len(heap))]


class _Post:
    """One post as it stands while its life is written."""

    def __init__(self, content_id: str, chance: random.Random) -> None:
        self.id = content_id
        self.chance = chance
        self.version = 1
        self.text = chance.choice(TEXTS)
        self.after = 0.0

    def event(self, kind: str, version: int | None = None, text: str | None = None) -> "_Event":
        words = self.text if text is None else text
        number = self.version if version is None else version
        tag = Published if number == 1 else Edited
        value = encode(tag(id=self.id, version=number, at=1, text=words, language="en"))
        return self.after, self.id, value, kind


_Event = tuple[float, str, bytes, str]


def _life(content_id: str, chance: random.Random) -> Iterator[_Event]:
    """One post's events, with delays that race with its own judgement."""
    post = _Post(content_id, chance)
    yield post.event("publish")
    yield from _edits(post)
    yield from _repeats(post)
    yield from _reactions(post)
    yield from _end(post)


def _edits(post: _Post) -> Iterator[_Event]:
    chance = post.chance
    while chance.random() < 0.2 and post.version < 4:
        post.after += chance.choice([chance.uniform(0, 0.05), chance.uniform(0.05, 1), chance.uniform(1, 8)])
        post.version += 1
        post.text = chance.choice(TEXTS)
        yield post.event("edit")


def _repeats(post: _Post) -> Iterator[_Event]:
    if post.chance.random() < 0.06:
        yield _later(post.event("repeat"), post.chance.uniform(0, 5))
    if post.chance.random() < 0.03:
        yield _later(post.event("same version", text=post.text + "!"), post.chance.uniform(0, 5))


def _reactions(post: _Post) -> Iterator[_Event]:
    chance, version = post.chance, post.version
    if chance.random() < 0.10:
        for reporter in range(chance.choice([1, 1, 3])):
            report = Reported(id=post.id, version=version, at=1, reporter=f"u{reporter}", reason="spam")
            yield post.after + chance.uniform(0, 12), post.id, encode(report), "report"
    if chance.random() < 0.05:
        appeal = Appealed(id=post.id, version=version, at=1, appellant="author")
        yield post.after + chance.uniform(2, 12), post.id, encode(appeal), "appeal"


def _end(post: _Post) -> Iterator[_Event]:
    chance = post.chance
    if chance.random() < 0.05:
        post.after += chance.uniform(0, 8)
        yield post.after, post.id, encode(Deleted(id=post.id, version=post.version, at=1)), "delete"
        if chance.random() < 0.3:
            yield _later(post.event("repeat after delete"), chance.uniform(0, 3))
        if chance.random() < 0.3:
            yield _later(post.event("back after delete", version=post.version + 1), chance.uniform(0, 3))
    elif chance.random() < 0.01:
        yield post.after + 15, post.id, b'{"type":"content.edited.v1",', "poison"


def _later(event: _Event, seconds: float) -> _Event:
    after, key, value, kind = event
    return after + seconds, key, value, kind


class Traffic(threading.Thread):
    """Sends the script to `content`, open loop."""

    def __init__(self, bootstrap: str, topic: str, script: list[Action]) -> None:
        super().__init__(name="traffic", daemon=True)
        self.kinds: Counter[str] = Counter()
        self._topic = topic
        self._script = script
        self._producer = Producer(
            {
                "bootstrap.servers": bootstrap,
                "enable.idempotence": True,
                "partitioner": "murmur2_random",
                "message.timeout.ms": 0,
                "log_level": 0,
            }
        )

    def run(self) -> None:
        """Send each record when it is due, and wait until the broker has all of them."""
        begin = time.monotonic()
        for action in self._script:
            wait = begin + action.at - time.monotonic()
            if wait > 0:
                self._producer.poll(0)
                time.sleep(wait)
            self._producer.produce(self._topic, action.value, action.key)
            self._producer.poll(0)
            self.kinds[action.kind] += 1
        self._producer.flush()
