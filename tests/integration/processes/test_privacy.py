"""What people wrote stays where it must be: in `content`, the work about it, and one restricted field."""

import json
from collections.abc import Iterator

from confluent_kafka import Producer

from stream.core.content import Appealed, Edited, Published, Reported, ThreadItem
from stream.core.topics import Topic
from stream.core.wire import encode
from tests.chaos.watcher import Watcher
from tests.fleet.installation import PARTITIONS, Installation
from tests.fleet.records import records
from tests.fleet.waiting import eventually
from tests.integration.processes.conftest import Start

MARKER = "quagga"
MAY_CARRY_TEXT = {
    Topic.CONTENT,
    Topic.CASES_TRIAGE,
    Topic.CASES_JUDGE,
    Topic.CASES_JUDGE_PRIORITY,
    Topic.CASES_JUDGE_URGENT,
}
INSULT = f"You are a worthless idiot and everybody hates you {MARKER}"


def events() -> Iterator[tuple[str, bytes]]:
    """The marker wherever somebody can write it: where it belongs, and where it does not."""
    for number in range(6):
        name = f"p{number}"
        thread = (ThreadItem(text=f"before: {MARKER}"),)
        yield name, encode(Published(id=name, version=1, at=1, text=INSULT, language="en", thread=thread))
    yield "p0", encode(Edited(id="p0", version=2, at=1, text=f"{MARKER} good morning", language="en"))
    yield "p1", encode(Reported(id="p1", version=1, at=1, reporter="r", reason="spam", statement=MARKER))
    yield "p2", encode(Appealed(id="p2", version=1, at=1, appellant="a", statement=MARKER, reference=MARKER))
    yield "p3", json.dumps({"type": f"{MARKER} in the type"}).encode()
    yield "p4", json.dumps({"type": "content.appealed.v1", "id": "p4", "version": 1, "role": MARKER}).encode()
    yield "p5", f'{{"type": "content.edited.v1", "text": "{MARKER}'.encode()


def test_a_posts_words_are_in_no_log_and_no_topic_but_those_that_must_carry_them(
    installation: Installation, start: Start, watcher: Watcher
) -> None:
    # Given a fleet that logs all it can
    members = [start(kind, LOGGING__LEVEL="debug") for kind in ("gate", "triage", "judge")]
    producer = Producer({"bootstrap.servers": installation.bootstrap, "partitioner": "murmur2_random"})
    # When the marker is posted, reported, appealed, and written where no contract knows it
    for name, value in events():
        producer.produce(installation.topic(Topic.CONTENT), value, name)
    producer.flush()
    eventually(lambda: len(watcher.last) == 6 and not watcher.waits_for_machines, 60, "an answer to all")
    # Then the judge has quoted it, in the one field that may be encrypted
    audit = written(installation, Topic.AUDIT)
    confidential = [one.pop("confidential", None) for one in audit]
    assert MARKER in json.dumps(confidential)
    assert MARKER not in json.dumps(audit)
    # And nothing else that was written carries it
    for topic in set(Topic) - MAY_CARRY_TEXT - {Topic.AUDIT}:
        for record in records(installation.bootstrap, installation.topic(topic), PARTITIONS):
            assert MARKER.encode() not in (record.value or b""), topic
    for member in members:
        assert MARKER not in member.log.read_text()


def written(installation: Installation, topic: Topic) -> list[dict[str, object]]:
    found = records(installation.bootstrap, installation.topic(topic), PARTITIONS)
    return [json.loads(record.value or b"") for record in found]
