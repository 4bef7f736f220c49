"""Any interleaving of records, timers, faults, rebalances and restarts: readers see each step once.

Each output carries its key's count, so a step on stale state, a repeated one or a lost one shows.
"""

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from stream.core.errors import Fenced, ProducerFenced, ProducerLost, TransactionAborted, Unavailable
from tests.unit.runtime.transactional.rig import SETTINGS, TOPICS, Process, Rig

PARTITIONS = 2
KEYS = [f"{number}-{name}" for number in range(PARTITIONS) for name in "abc"]
WHO = st.sampled_from(["a", "b"])
FAILURES = st.sampled_from(
    [
        ("begin", TransactionAborted),
        ("produce", TransactionAborted),
        ("send_offsets", TransactionAborted),
        ("commit", TransactionAborted),
        ("commit", ProducerLost),
        ("commit", ProducerFenced),
        ("abort", ProducerLost),
        ("init", Unavailable),
        ("committed", Unavailable),
        ("end", Unavailable),
        ("seek", Unavailable),
    ]
)


class Interleavings(RuleBasedStateMachine):
    @initialize(static=st.booleans())
    def begin(self, static: bool) -> None:
        self.rig = Rig(PARTITIONS, static=static)
        self.settings = replace(SETTINGS, fenced_again=0.0, batch=4, restore_batch=2, wakes=2)
        self.processes: dict[str, Process] = {}
        self.start("a")

    def start(self, name: str) -> None:
        self.processes[name] = self.rig.process(name, self.settings)

    @rule(key=st.sampled_from(KEYS), topic=st.sampled_from(TOPICS), delay=st.integers(0, 5_000))
    def send(self, key: str, topic: str, delay: int) -> None:
        command = f"wake {self.rig.now + delay}" if delay % 2 else "count"
        self.rig.send(key, command, topic)

    @rule(key=st.sampled_from(KEYS), command=st.sampled_from(["forget", "ignore", "huge 5000", "huge 20000"]))
    def send_another(self, key: str, command: str) -> None:
        self.rig.send(key, command)

    @rule(who=WHO, times=st.integers(1, 4))
    def turn(self, who: str, times: int) -> None:
        if process := self.processes.get(who):
            try:
                process.turn(times)
            except Fenced:
                self.restart(who)

    @rule(milliseconds=st.integers(1, 4_000))
    def wait(self, milliseconds: int) -> None:
        self.rig.now += milliseconds

    @rule(failure=FAILURES, applied=st.booleans())
    def fail(self, failure: tuple[str, type[Exception]], applied: bool) -> None:
        operation, error = failure
        lost = operation == "commit" and error is ProducerLost
        self.rig.broker.fail(operation, error("as asked"), applied=applied and lost)

    @rule(who=WHO)
    def join(self, who: str) -> None:
        if who not in self.processes:
            self.start(who)

    @rule(who=WHO)
    def restart(self, who: str) -> None:
        """A crash: the old one's clients are left as they are."""
        if process := self.processes.pop(who, None):
            if not self.rig.static:
                process.kill()
            self.start(who)

    @rule(who=WHO)
    def leave(self, who: str) -> None:
        if (process := self.processes.pop(who, None)) is not None:
            process.runner.close()
            if self.rig.static:
                process.kill()

    @rule(who=WHO)
    def fall_silent(self, who: str) -> None:
        if process := self.processes.get(who):
            process.consumer.expire()

    @rule(who=WHO, inside=st.sampled_from(["turn", "take over", "time out", "rebalance"]))
    @precondition(lambda self: len(self.processes) == 2)
    def stop_with_records_in_hand(self, who: str, inside: str) -> None:
        """Something happens to a process while it is in the middle of a batch."""
        process = self.processes[who]
        (other,) = (each for name, each in self.processes.items() if name != who)
        once = iter([True])

        def meanwhile() -> None:
            if not next(once, False):
                return
            if inside == "take over":
                process.consumer.expire()
            if inside == "time out":
                self.rig.broker.time_out(who)
            if inside == "rebalance":
                self.rig.broker.rebalance("group")
            self.turn(other.name, 4)

        process.processor.before_step = meanwhile
        self.turn(who, 2)
        process.processor.before_step = lambda: None

    @rule()
    def rebalance(self) -> None:
        self.rig.broker.rebalance("group")

    def teardown(self) -> None:
        if not hasattr(self, "rig"):
            return
        self.heal()
        self.every_record_counts_once_and_in_order()
        self.every_count_is_one_more_than_the_last()

    def heal(self) -> None:
        self.rig.broker._faults.clear()
        if not self.processes:
            self.start("a")
        for _ in range(60):
            self.rig.now += 1_000
            for name in list(self.processes):
                self.turn(name, 4)
        assert self.rig.caught_up(), self.rig.committed()

    def every_record_counts_once_and_in_order(self) -> None:
        """The records of a partition, as their outputs tell, in the order of the log."""
        seen: dict[tuple[str, str], list[int]] = defaultdict(list)
        for output in self.rig.outputs():
            kind, source, _ = output.split()
            if kind != "woke":
                topic, place, offset = source.split("-")
                seen[topic, place].append(int(offset))
        for topic in TOPICS:
            for number in range(PARTITIONS):
                sent = [
                    record.offset
                    for record in self.rig.broker.records(topic)
                    if record.partition == number and record.value != b"ignore"
                ]
                assert seen[topic, str(number)] == sent, (topic, number)

    def every_count_is_one_more_than_the_last(self) -> None:
        """A sequential fold of each key gives just these counts."""
        forgets = {
            f"{record.topic}-{record.partition}-{record.offset}"
            for topic in TOPICS
            for record in self.rig.broker.records(topic)
            if record.value == b"forget"
        }
        counts: dict[bytes, int] = defaultdict(int)
        for record in self.rig.broker.records("out"):
            kind, source, count = (record.value or b"").decode().split()
            key = record.key or b""
            if kind == "overflowed":
                continue
            assert int(count) == counts[key] + 1, (key, source)
            counts[key] = 0 if source in forgets else int(count)


def test_any_interleaving_is_exactly_once() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=150,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@pytest.mark.slow
def test_any_interleaving_is_exactly_once_at_length() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(max_examples=1_500, stateful_step_count=60, deadline=None),
    )
