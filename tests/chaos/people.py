"""Reviewers and staff during a chaos run: they decide some of what comes before them, some of it twice."""

import random
import threading
import time

from confluent_kafka import Consumer, Producer

from stream.core.case import ReviewTask
from stream.core.outcome import Outcome, Proposal, StaffDecision
from stream.core.terms import DecidedBy
from stream.core.topics import Topic, TopicNames
from stream.core.wire import encode, read_review


class People(threading.Thread):
    """Reads `cases.review` and writes to `outcomes`, until it is told to stop."""

    def __init__(self, bootstrap: str, names: TopicNames, seed: int) -> None:
        super().__init__(name="people", daemon=True)
        self.decided = 0
        self._chance = random.Random(seed)
        self._outcomes = names.of(Topic.OUTCOMES)
        self._ended = threading.Event()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": names.of(Topic.CASES_REVIEW) + "-people",
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "log_level": 0,
            }
        )
        self._consumer.subscribe([names.of(Topic.CASES_REVIEW)])
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
        """Decide two of three tasks; take some posts down or restore them by the way."""
        while not self._ended.is_set():
            for message in self._consumer.consume(50, 0.2):
                if message.error() is None:
                    self._consider(message.value())
            self._producer.poll(0)
        self._consumer.close()
        self._producer.flush()

    def stop(self) -> None:
        """End, with everything sent."""
        self._ended.set()
        self.join()

    def _consider(self, value: bytes | None) -> None:
        task = read_review(value)
        if not isinstance(task, ReviewTask) or self._chance.random() < 0.33:
            return
        proposal = self._chance.choice([Proposal.RELEASE, Proposal.REMOVE])
        for _ in range(self._chance.choice([1, 1, 1, 2])):
            self._send(
                Outcome(
                    id=task.id,
                    case=task.case,
                    version=task.version,
                    proposal=proposal,
                    decided_by=DecidedBy.REVIEWER,
                    at=time.time_ns() // 1_000_000,
                    by=self._chance.choice(["ann", "bob"]),
                )
            )
        if self._chance.random() < 0.1 and task.version > 0:
            self._send(
                StaffDecision(
                    id=task.id,
                    version=task.version,
                    proposal=self._chance.choice([Proposal.RELEASE, Proposal.REMOVE]),
                    by="carol",
                    reason="drill",
                    at=time.time_ns() // 1_000_000,
                    digest=task.digest,
                )
            )

    def _send(self, outcome: Outcome | StaffDecision) -> None:
        self._producer.produce(self._outcomes, encode(outcome), outcome.id)
        self.decided += 1
