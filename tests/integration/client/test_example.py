"""The example app, run as its readers would, against the real gate's rules on a real broker."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from stream.core.case import Case
from stream.core.outcome import Outcome, Proposal
from stream.core.step import Terms
from stream.core.terms import DecidedBy
from stream.core.topics import TopicNames
from stream.core.wire import encode, read_case
from stream.ports import UNCHANGED, Record
from stream.processors.gate import Gate
from tests.integration.client.world import PARTITIONS, World

APP = Path(__file__).parents[3] / "examples" / "app.py"


def test_the_example_shows_what_is_released_and_nothing_else(world: World) -> None:
    # Given a gate that holds, and somebody who removes what promises money and releases the rest
    with _gate(world):
        # When the example runs
        where = world.settings["bootstrap.servers"]
        ran = subprocess.run(
            [
                sys.executable,
                str(APP),
                "--seconds=30",
                f"--prefix={world.prefix}",
                f"--bootstrap-servers={where}",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=APP.parents[1],
            env={"PYTHONPATH": str(APP.parents[1])},
        )
    # Then its visitors saw two of its posts, the edited one in its newest form only
    assert ran.returncode == 0, ran.stderr
    assert "Selling my bike, 100 euros" in ran.stdout
    assert "the soup was wonderful" in ran.stdout
    assert "Selling my bike, 110 euros" not in ran.stdout
    assert "doubles their money" not in ran.stdout
    assert "(not shown: remove)" in ran.stdout


class _Silent:
    """Hears the gate and says nothing."""

    def stepped(self, note: str, text: int = 0) -> None: ...
    def decided(self, decision: str, by: str, seconds: float) -> None: ...
    def urgent(self, overdue: bool) -> None: ...

    def braked(self, policies: Sequence[str], surface: str) -> None: ...

    def refused(self, error: str) -> None: ...


@contextmanager
def _gate(world: World) -> Iterator[None]:
    """The real gate's steps in one thread; each case it opens is answered right after."""
    stop = threading.Event()
    thread = threading.Thread(target=_run_gate, args=(world, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _run_gate(world: World, stop: threading.Event) -> None:
    names = TopicNames(world.prefix)
    gate = Gate(names, Terms(), PARTITIONS, lambda: time.time_ns() // 1_000_000, _Silent())
    consumer = Consumer({**world.settings, "group.id": "gate", "fetch.wait.max.ms": 20})
    consumer.assign(
        [TopicPartition(f"{world.prefix}content", number, OFFSET_BEGINNING) for number in range(PARTITIONS)]
    )
    states: dict[bytes, bytes | None] = {}
    while not stop.is_set():
        for message in consumer.consume(10, 0.05):
            waiting = [_record(message)]
            while waiting:
                record = waiting.pop()
                waiting += _answered(world, gate, states, record)
    consumer.close()


def _answered(world: World, gate: Gate, states: dict[bytes, bytes | None], record: Record) -> list[Record]:
    """Step once, publish what apps see, and answer the cases that were opened."""
    key = record.key or b""
    step = gate.handle(record, states.get(key))
    if step.state is not UNCHANGED:
        states[key] = step.state
    verdicts = [(key.decode(), one.value) for one in step.outputs if one.topic == world.topic]
    if verdicts:
        world.commit(*verdicts)
    cases = [read_case(one.value) for one in step.outputs if one.topic.endswith("cases.triage")]
    return [Record(f"{world.prefix}outcomes", record.partition, 0, key, _outcome(case)) for case in cases]


def _outcome(case: Case) -> bytes:
    bad = case.content is not None and "guaranteed" in case.content.text
    return encode(
        Outcome(
            id=case.id,
            case=case.case,
            version=case.version,
            proposal=Proposal.REMOVE if bad else Proposal.RELEASE,
            decided_by=DecidedBy.REVIEWER,
            at=0,
            by="reviewer-1",
        )
    )


def _record(message: Message) -> Record:
    key, value = message.key(), message.value()
    assert isinstance(key, bytes)
    assert isinstance(value, bytes)
    return Record(str(message.topic()), int(message.partition() or 0), int(message.offset() or 0), key, value)
