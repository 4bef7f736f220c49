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
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.sampled_from(TOPICS),
        st.sampled_from(
            ["count", "wake {soon}", "wake {later}", "forget", "ignore", "huge 5000", "huge 20000"]
        ),
    ),
    min_size=1,
    max_size=8,
)
FAILURES = st.sampled_from(
    [
        ("begin", ProducerLost, False),
        ("produce", TransactionAborted, False),
        ("send_offsets", TransactionAborted, False),
        ("commit", TransactionAborted, False),
        ("commit", ProducerLost, False),
        ("commit", ProducerLost, True),
        ("commit", ProducerFenced, False),
        ("abort", ProducerLost, False),
        ("init", Unavailable, False),
        ("committed", Unavailable, False),
        ("end", Unavailable, False),
        ("seek", Unavailable, False),
    ]
)


class Interleavings(RuleBasedStateMachine):
    @initialize(static=st.booleans())
    def begin(self, static: bool) -> None:
        self.rig = Rig(PARTITIONS, static=static)
        self.settings = replace(SETTINGS, fenced_again=0.0, batch=4, restore_batch=2, wakes=2)
        self.processes: dict[str, Process] = {}
        self.remembered = self.rig.positions()
        self.start("a")

    def start(self, name: str) -> None:
        self.processes[name] = self.rig.process(name, self.settings)

    @rule(events=EVENTS)
    def send(self, events: list[tuple[str, str, str]]) -> None:
        for key, topic, command in events:
            self.rig.send(key, command.format(soon=self.rig.now + 500, later=self.rig.now + 5_000), topic)

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

    @rule(who=WHO, failures=st.lists(FAILURES, min_size=1, max_size=3), events=EVENTS)
    def fail(
        self, who: str, failures: list[tuple[str, type[Exception], bool]], events: list[tuple[str, str, str]]
    ) -> None:
        """Requests of a process that has work fail, or are answered as if they had."""
        self.send(events)
        for operation, error, applied in failures:
            self.rig.broker.fail(operation, error("as asked"), applied=applied)
        self.turn(who, 4)

    @rule()
    def remember(self) -> None:
        self.remembered = self.rig.positions()

    @rule()
    def go_back(self) -> None:
        """The coordinator comes back with positions of some time ago, and everybody joins it anew."""
        self.rig.go_back(self.remembered)
        self.rig.broker.rebalance("group")

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

    @rule(who=WHO, inside=st.sampled_from(["turn", "take over", "time out", "rebalance"]), events=EVENTS)
    @precondition(lambda self: len(self.processes) == 2)
    def stop_with_records_in_hand(self, who: str, inside: str, events: list[tuple[str, str, str]]) -> None:
        """Something happens to a process while it is in the middle of a batch."""
        self.send(events)
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
            self.turn(other.name, 8)

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
        for topic in TOPICS:  # so that what the broker has forgotten is committed again
            for number in range(PARTITIONS):
                self.rig.send(f"{number}-a", "ignore", topic)
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
            max_examples=120,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@pytest.mark.slow
def test_any_interleaving_is_exactly_once_at_length() -> None:
    run_state_machine_as_test(
        Interleavings,
        settings=settings(
            max_examples=600,
            stateful_step_count=60,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
