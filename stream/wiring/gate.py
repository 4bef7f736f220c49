"""The gate as a process: the transactional runner around its processor."""

import logging
import signal
from types import FrameType

from stream.adapters.kafka import (
    ConsumerSettings,
    KafkaChangelog,
    KafkaConsumer,
    KafkaTransactionalProducer,
    TransactionSettings,
)
from stream.adapters.metrics import GateMetrics
from stream.config import Settings
from stream.core.topics import SPECS, Topic
from stream.processors.gate import Gate
from stream.runtime import transactional
from stream.runtime.transactional import Runner
from stream.wiring.process import check_topics, metrics_served, now_ms, policies_of

log = logging.getLogger(__name__)


def run_gate(settings: Settings) -> None:
    """Run one gate until SIGTERM or SIGINT, then finish the batch in hand.

    The policy set gives the deadlines; the gate reads it once, at its start.

    Raises:
        Exit: it cannot begin, or cannot go on; the text says why.
    """
    terms = policies_of(settings).current().terms
    check_topics(settings, terms)
    metrics = GateMetrics()
    names = settings.topics.names
    processor = Gate(names, terms, settings.topics.partitions, now_ms, metrics)
    runner = gate_runner(settings, processor, metrics)

    def stop(_number: int, _frame: FrameType | None) -> None:
        runner.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with metrics_served(settings, metrics.registry):
        log.info("gate begins", extra={"instance": settings.gate.instance})
        runner.run()
    log.info("gate ended")


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
