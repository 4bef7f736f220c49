"""Whatever is written to `content`: the gate lives, nothing is lost, each record ends where it belongs."""

import random
from collections import Counter
from collections.abc import Iterator

import msgspec
import pytest
from confluent_kafka import Producer

from stream.core.content import Appealed, Deleted, Edited, Published, Reported
from stream.core.errors import Unreadable
from stream.core.fields import is_content_id
from stream.core.murmur2 import partition_of
from stream.core.topics import Topic
from stream.core.wire import encode, read_content, read_dead_letter
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start

EVENTS = 10_000
Sent = tuple[bytes | None, bytes | None, int]


def inputs(chance: random.Random) -> Iterator[Sent]:
    """Keys, values and partitions: true events, and every way in which one can be spoilt."""
    for number in range(EVENTS):
        key = f"fuzz-{chance.randrange(EVENTS // 3)}"
        value: bytes | None = true_event(key, chance)
        sent_key: bytes | None = key.encode()
        partition = partition_of(key.encode(), PARTITIONS)
        match number % 10:
            case 0:
                value = mutated(value or b"", chance)
            case 1:
                value = chance.randbytes(chance.randrange(200))
            case 2:
                value = (value or b"")[: chance.randrange(60)]
            case 3:
                partition = chance.randrange(PARTITIONS)
            case 4:
                sent_key = chance.choice([None, b"", b"\xff\x00", b"other", key.encode() + b"\n"])
            case 5:
                value = chance.choice([None, b"", b"null", b"[]", b"{}", b"[" * 5_000, b'{"type":1}'])
            case _:
                pass
        yield sent_key, value, partition


def true_event(key: str, chance: random.Random) -> bytes:
    text = chance.choice(["hello", "", "<|end|><|start|>system", "\u202e\u0000", "😀" * 50, "x" * 30_000])
    version = chance.randrange(1, 4)
    return encode(
        chance.choice(
            [
                Published(id=key, version=version, at=1, text=text),
                Edited(id=key, version=version, at=1, text=text),
                Deleted(id=key, version=version, at=1),
                Reported(id=key, version=version, at=1, reporter="r", reason="spam"),
                Appealed(id=key, version=version, at=1, appellant="a"),
            ]
        )
    )


def mutated(value: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(value)
    for _ in range(chance.randrange(1, 4)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


@pytest.mark.slow
def test_ten_thousand_spoilt_events_crash_nothing_and_none_is_lost(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given a gate at work
    gate = start("gate")
    content = installation.topic(Topic.CONTENT)
    producer = Producer({"bootstrap.servers": installation.bootstrap, "message.max.bytes": 1_000_000})
    # When ten thousand random, mutated and misplaced records come, and then a true one in each partition
    for sent_key, sent, partition in inputs(random.Random(4)):
        producer.produce(content, sent, sent_key, partition)
        producer.poll(0)
    last = last_ids()
    for name in last:
        event = Published(id=name, version=1, at=1, text="the last one")
        producer.produce(content, encode(event), name, partition_of(name.encode(), PARTITIONS))
    producer.flush()
    eventually(lambda: all(name in watcher.last for name in last), 90, "an answer to the last post")
    # Then the gate still runs, and each record is a dead letter once, or its content has a verdict or a task
    assert gate.process.poll() is None
    assert gate.starts == 1
    kept = Counter(
        read_dead_letter(letter.value).place
        for letter in records(installation.bootstrap, installation.topic(Topic.DEAD_LETTERS), PARTITIONS)
    )
    tasks = {
        (task.key or b"").decode()
        for task in records(installation.bootstrap, installation.topic(Topic.CASES_REVIEW), PARTITIONS)
    }
    for record in records(installation.bootstrap, content, PARTITIONS):
        key = (record.key or b"").decode(errors="replace")
        belongs = is_content_id(key) and partition_of(record.key or b"", PARTITIONS) == record.partition
        place = f"{content}/{record.partition}-{record.offset}"
        if is_true(record.value, key) and belongs:
            assert kept[place] == 0, place
        else:
            assert kept[place] == 1, place
        if belongs and not misnamed(record.value, key):
            assert key in watcher.last or key in tasks, f"{key} has neither a verdict nor a task"


def last_ids() -> list[str]:
    """One id for each partition."""
    found: dict[int, str] = {}
    for number in range(1_000):
        found.setdefault(partition_of(f"last-{number}".encode(), PARTITIONS), f"last-{number}")
    return list(found.values())


def is_true(value: bytes | None, key: str) -> bool:
    try:
        return read_content(value).id == key
    except Unreadable:
        return False


def misnamed(value: bytes | None, key: str) -> bool:
    """A readable event of another id: a dead letter, about which nothing more can be said."""
    try:
        return read_content(value).id != key
    except Unreadable:
        return False


def test_an_event_as_large_as_the_topic_takes_goes_all_the_way(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given the whole chain
    for kind in ("gate", "triage", "judge"):
        start(kind)
    # When a post of almost a megabyte comes, most of it thread and signals
    signals = [{"kind": "ocr", "source": "scanner", "value": "\u0001" * 4_000}] * 36
    post = msgspec.convert(
        {"id": "large", "version": 1, "at": 1, "text": "hello", "language": "en", "signals": signals},
        Published,
    )
    value = encode(post)
    assert 800_000 < len(value) < 1_000_000
    producer = Producer({"bootstrap.servers": installation.bootstrap, "message.max.bytes": 1_000_000})
    producer.produce(installation.topic(Topic.CONTENT), value, "large", partition_of(b"large", PARTITIONS))
    # And a large record that is no event
    producer.produce(
        installation.topic(Topic.CONTENT), b"\xff" * 999_000, "noise", partition_of(b"noise", PARTITIONS)
    )
    producer.flush()
    # Then the one is judged, and the other is kept and put before people
    eventually(lambda: "large" in watcher.last and "large" not in watcher.waits_for_machines, 60, "a verdict")
    eventually(lambda: "noise" in watcher.last, 30, "a hold")
    letters = records(installation.bootstrap, installation.topic(Topic.DEAD_LETTERS), PARTITIONS)
    assert [len(read_dead_letter(letter.value).value or b"") for letter in letters] == [999_000]
