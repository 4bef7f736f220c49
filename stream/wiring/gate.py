"""The gate as a process: the transactional runner around its processor."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from stream.adapters.control import ControlDesk
from stream.adapters.ending import Ending
from stream.adapters.kafka import (
    ConsumerSettings,
    KafkaChangelog,
    KafkaConsumer,
    KafkaTransactionalProducer,
    TransactionSettings,
)
from stream.adapters.metrics import GateMetrics
from stream.adapters.policies import PolicySetInForce
from stream.config import Settings
from stream.core.policy.policy_set import PolicySet
from stream.core.topics import SPECS, Topic
from stream.processors.gate import Gate
from stream.runtime import transactional
from stream.runtime.transactional import Runner
from stream.wiring.control import controlled
from stream.wiring.process import ENDING, LEAVING_SECONDS, metrics_served, now_ms, prepared, topic_admin
from stream.wiring.supervision import supervise

log = logging.getLogger(__name__)

BATCH_SECONDS = 10.0
"""How long the batch in hand may take after a signal."""
IDLE_SECONDS = 300.0
"""How long the group waits for a gate that takes nothing in."""
_REFRESH_SECONDS = 2.0


def run_gate(settings: Settings) -> None:
    """Run one gate until SIGTERM or SIGINT, then finish the batch in hand.

    Raises:
        Exit: it cannot begin, or cannot go on; the text says why.
    """
    metrics = GateMetrics()
    with metrics_served(settings, metrics.registry, metrics.health):
        policies = prepared(settings, "gate")
        metrics.policies.watch(policies)
        with controlled(settings, policies, metrics.control) as controls:
            _work(settings, policies, controls, metrics)
    log.info("gate ended")


def _work(
    settings: Settings, policies: PolicySetInForce, controls: ControlDesk, metrics: GateMetrics
) -> None:
    names = settings.topics.names
    processor = Gate(
        names,
        policies.current().terms,
        settings.topics.partitions,
        now_ms,
        metrics,
        controls=controls,
        live=lambda: runner.live,
    )
    runner = gate_runner(settings, processor, metrics)

    ending = Ending(BATCH_SECONDS + LEAVING_SECONDS)

    def stop(number: int, _frame: FrameType | None) -> None:
        ending.begin(signal.Signals(number).name)
        runner.stop()

    for number in ENDING:
        signal.signal(number, stop)
    with _deadlines_followed(policies, processor):
        log.info("gate begins", extra={"instance": settings.gate.instance})
        supervise(runner, ending, lambda: topic_admin(settings).answers(), IDLE_SECONDS)


@contextmanager
def _deadlines_followed(policies: PolicySetInForce, processor: Gate) -> Iterator[None]:
    """Bring the deadlines of another set into force at once, and look for edits of the folder meanwhile.

    A promotion is heard by the thread that follows `control`; the gate's own is busy elsewhere.
    """
    ended = threading.Event()

    def bring(current: PolicySet) -> None:
        processor.terms = current.terms

    def look() -> None:
        while not ended.wait(_REFRESH_SECONDS):
            policies.refresh()

    policies.listen(bring)
    looking = threading.Thread(target=look, name="deadlines", daemon=True)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


def gate_runner(settings: Settings, processor: Gate, observer: transactional.Observer) -> Runner:
    """The runner of one gate: its identity is its instance's, so that a restart fences what it left."""
    names = settings.topics.names
    name = f"{settings.topics.prefix}gate-{settings.gate.instance}"
    connection = settings.kafka.connection(name)
    consumer = KafkaConsumer(
        connection,
        ConsumerSettings(
            group=settings.topics.prefix + "gate",
            strategy="range",
            instance=name,
            session_ms=settings.gate.session_timeout_ms,
            idle_ms=int(IDLE_SECONDS * 1_000),
        ),
    )
    transactions = TransactionSettings(
        identity=name,
        timeout_ms=settings.gate.transaction_timeout_ms,
        max_bytes=max(spec.max_bytes for spec in SPECS.values()),
    )
    return Runner(
        consumer,
        lambda: KafkaTransactionalProducer(connection, transactions),
        KafkaChangelog(connection, names.of(Topic.GATE_STATE)),
        processor,
        transactional.Settings(
            topics=(names.of(Topic.CONTENT), names.of(Topic.OUTCOMES)),
            changelog=names.of(Topic.GATE_STATE),
            batch=settings.gate.batch,
        ),
        now_ms,
        observer,
    )
