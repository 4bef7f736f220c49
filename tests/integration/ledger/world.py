"""Workers of the ledger on a real broker, what they should know, and what they do know."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from confluent_kafka import Producer
from msgspec.structs import replace

from stream.adapters.brokers.ports import free_ports
from stream.adapters.metrics import LedgerMetrics
from stream.core.ledger import LedgerEvent, decode_entry
from stream.core.topics import SPECS, Topic
from stream.core.wire import encode
from stream.ports import Record
from stream.processors.ledger import TOPICS, Ledger
from tests.chaos.traffic import actions
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.members import Member
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.unit.ledger import lives

FOREVER = 1 << 50


class Worker:
    """One `sluice run ledger`, and the way to its views."""

    def __init__(self, installation: Installation, number: int, **settings: str) -> None:
        (self.port,) = free_ports(1)
        self.member: Member = installation.member(
            "ledger",
            number,
            command=(),
            LEDGER__PORT=str(self.port),
            LEDGER__SESSION_TIMEOUT_MS="3000",
            **{"LEDGER__RETENTION_HOURS": "8760", "LEDGER__REFRESH_S": "0.2", **settings},
        )

    def get(self, path: str, **query: str) -> httpx.Response:
        """One view's answer."""
        return httpx.get(f"http://127.0.0.1:{self.port}/{path}", params=query, timeout=10)

    def health(self) -> dict[str, Any]:
        """What `/healthz` says; not ready where nobody answers."""
        try:
            return dict(self.get("healthz").json())
        except (httpx.HTTPError, ValueError):
            return {"ready": False, "partitions": []}

    @property
    def partitions(self) -> set[int]:
        """Which partitions it has recovered and works on."""
        return set(self.health()["partitions"])

    def start(self) -> "Worker":
        """Start it and wait until it is ready."""
        self.member.start()
        eventually(lambda: self.health()["ready"], 60, f"readiness: {self.member.tail()}")
        return self


def recomputed(installation: Installation) -> dict[bytes, bytes]:
    """Every entry as a fold of the three topics makes it, from their beginning."""
    ledger = Ledger(installation.names, PARTITIONS, FOREVER, lambda: FOREVER, LedgerMetrics())
    entries: dict[bytes, bytes] = {}
    for topic in TOPICS:
        for record in _all(installation, topic):
            step = ledger.handle(record, entries.get(record.key or b""))
            if isinstance(step.state, bytes) and record.key is not None:
                entries[record.key] = step.state
    return entries


def kept(installation: Installation) -> dict[bytes, bytes]:
    """Every entry as the changelog has it: what a worker recovers that begins with nothing."""
    entries: dict[bytes, bytes] = {}
    for record in _all(installation, Topic.LEDGER_STATE):
        key = record.key or b""
        if record.value is None:
            entries.pop(key, None)
        else:
            entries[key] = record.value
    return entries


def differences(installation: Installation) -> Mapping[bytes, object]:
    """What the tables have and a recomputation has not, or the other way round, by id."""
    should, have = recomputed(installation), kept(installation)
    return {
        key: (should.get(key) and decode_entry(should[key]), have.get(key) and decode_entry(have[key]))
        for key in should.keys() | have.keys()
        if should.get(key) != have.get(key)
    }


def write(installation: Installation, topic: Topic, key: str, *values: bytes) -> None:
    """Write records under one key, as large as any topic takes them."""
    producer = Producer(
        {
            "bootstrap.servers": installation.bootstrap,
            "partitioner": "murmur2_random",
            "message.max.bytes": max(spec.max_bytes for spec in SPECS.values()),
        }
    )
    for value in values:
        producer.produce(installation.topic(topic), value, key)
    producer.flush()


def publish_lives(installation: Installation, posts: int, seconds: float, seed: int = 1) -> int:
    """Publish posts with their edits, repeats, reports, appeals and deletions, in so many seconds."""
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    began, sent = time.monotonic(), 0
    for action in actions(posts, seconds, seed):
        time.sleep(max(0.0, min(action.at, seconds) - (time.monotonic() - began)))
        producer.produce(installation.topic(Topic.CONTENT), action.value, action.key)
        producer.poll(0)
        sent += 1
    producer.flush()
    return sent


def life(content_id: str, begun: int, *, reported: bool) -> list[LedgerEvent]:
    """A post that was held at `begun` (ms) and released; where it is reported, people were asked about it."""
    events: list[LedgerEvent] = [lives.hold(), lives.routed(), lives.closed(), lives.decided()]
    if reported:
        events.append(lives.asked(case="c0-9"))
    return [replace(event, id=content_id, at=event.at - lives.AT + begun) for event in events]


def others(count: int, at: int) -> list[LedgerEvent]:
    """Ends of reviews that say nothing by themselves."""
    return [replace(lives.answered(at), id=f"other-{number}") for number in range(count)]


def publish_records(installation: Installation, events: Iterable[LedgerEvent]) -> None:
    """Write records as gate and triage would have, at their own times."""
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    for event in events:
        topic = installation.topic(lives.topic_of(event))
        producer.produce(topic, encode(event), event.id, timestamp=event.at)
    producer.flush()


def _all(installation: Installation, topic: Topic) -> list[Record]:
    return records(installation.bootstrap, installation.topic(topic), PARTITIONS)
