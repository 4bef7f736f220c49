"""Triage and judge as processes: the concurrent runner around their processors."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial

from stream.adapters.by_effort import ByEffort
from stream.adapters.kafka import ConsumerSettings, KafkaConsumer, KafkaProducer, ProducerSettings
from stream.adapters.kafka.archive import KafkaContentArchive
from stream.adapters.metrics import Health, JudgeMetrics, TriageMetrics
from stream.adapters.openai import OpenAiEngine
from stream.adapters.policies import LivePolicySet
from stream.adapters.vllm import VllmEngine
from stream.config import EngineKind, Settings
from stream.core.topics import SPECS, Topic
from stream.ports import Engine, Processor
from stream.processors.judge import Judge
from stream.processors.supersession import supersedes
from stream.processors.triage import Triage
from stream.runtime import concurrent
from stream.runtime.concurrent import Lane, LoopExecutor, Observer, Runner, serve
from stream.wiring.process import ENDING, folder_of, metrics_served, now_ms, prepared

log = logging.getLogger(__name__)

LONGEST_RESTART = 600.0
"""Seconds: no model takes longer to load; an engine that hangs for longer is not away but stuck."""

Build = Callable[[LoopExecutor], Runner]


def run_triage(settings: Settings) -> None:
    """Run triage until SIGTERM or SIGINT, then drain.

    Raises:
        Exit: it cannot begin, or cannot go on; the text says why.
    """
    metrics = TriageMetrics()
    with metrics_served(settings, metrics.registry, metrics.health):
        policies = prepared(settings, "triage")
        metrics.policies.watch(policies)
        asyncio.run(_triage(settings, policies, metrics))


def run_judge(settings: Settings, engine: Engine | None = None) -> None:
    """Run the judge until SIGTERM or SIGINT, then drain.

    Args:
        settings: all of them.
        engine: what answers, instead of the engine that the settings name.

    Raises:
        Exit: it cannot begin, or cannot go on; the text says why.
    """
    metrics = JudgeMetrics()
    metrics.health.loading("the model")
    with metrics_served(settings, metrics.registry, metrics.health):
        policies = prepared(settings, "judge")
        metrics.policies.watch(policies)
        asyncio.run(_judge(settings, policies, engine or engine_of(settings), metrics))


async def _triage(settings: Settings, policies: LivePolicySet, metrics: TriageMetrics) -> None:
    archive = KafkaContentArchive(
        settings.kafka.connection("sluice-archive"),
        settings.topics.names.of(Topic.CONTENT),
        settings.topics.prefix + "archive",
    )
    processor = Triage(settings.topics.names, policies, archive, now_ms, metrics)
    bounds = concurrent.Settings(
        slots=settings.triage.window,
        deadline=settings.triage.item_deadline_s,
        drain=settings.triage.drain_s,
    )
    lanes = [_lane(settings, "triage", Topic.CASES_TRIAGE)]
    build = partial(_runner, settings, lanes, processor, bounds, metrics)
    try:
        await _serve(build, processor, policies, metrics.health)
    finally:
        archive.close()


async def _judge(settings: Settings, policies: LivePolicySet, engine: Engine, metrics: JudgeMetrics) -> None:
    try:
        log.info("engine starts", extra={"engine": type(engine).__name__})
        await engine.start()
        log.info("engine ready", extra={"model": engine.model})
        metrics.watch(engine)
        metrics.health.loaded()
        processor = Judge(settings.topics.names, policies, engine, now_ms, metrics)
        bounds = concurrent.Settings(
            slots=settings.judge.window,
            deadline=settings.judge.item_deadline_s,
            absence=LONGEST_RESTART,
            drain=settings.judge.drain_s,
        )
        lanes = [
            _lane(settings, "judge-priority", Topic.CASES_JUDGE_PRIORITY, settings.judge.priority_slots),
            _lane(settings, "judge", Topic.CASES_JUDGE),
        ]
        build = partial(_runner, settings, lanes, processor, bounds, metrics, supersedes=supersedes)
        await _serve(build, processor, policies, metrics.health)
    finally:
        await engine.stop()


async def _serve(build: Build, processor: Processor, policies: LivePolicySet, health: Health) -> None:
    """Run until a signal, then drain; the set's files are watched meanwhile."""
    loop = asyncio.get_running_loop()
    runner = build(LoopExecutor(processor, loop))
    for number in ENDING:
        loop.add_signal_handler(number, runner.stop)
    beside = [asyncio.create_task(policies.watch()), asyncio.create_task(_beat(health))]
    try:
        await serve(runner)
    finally:
        for task in beside:
            task.cancel()


async def _beat(health: Health) -> None:
    """Report that handlers get their turns: a loop that one of them blocks says nothing."""
    while True:
        health.report("handlers")
        await asyncio.sleep(1)


def engine_of(settings: Settings) -> Engine:
    """The model engine that the settings name, and the server for high effort beside it if they name one."""
    engine = _engine_of(settings)
    if settings.judge.openai_high.base_url:
        return ByEffort(engine, OpenAiEngine(settings.judge.openai_high, "judge.openai_high"))
    return engine


def _engine_of(settings: Settings) -> Engine:
    if settings.judge.engine is EngineKind.VLLM:
        return VllmEngine(settings.judge.vllm)
    if settings.judge.engine is EngineKind.OPENAI:
        return OpenAiEngine(settings.judge.openai)
    # scikit-learn: 90 MB and a second that gate and triage should not pay for.
    from stream.adapters.exemplar import Exemplar

    return Exemplar(folder_of(settings).exemplars, allow=settings.judge.exemplar.serve)


def _runner(
    settings: Settings,
    lanes: Sequence[Lane],
    processor: Processor,
    bounds: concurrent.Settings,
    observer: Observer,
    executor: LoopExecutor,
    **more: Callable[..., bool],
) -> Runner:
    largest = max(spec.max_bytes for spec in SPECS.values())
    producer = KafkaProducer(settings.kafka.connection("sluice-work"), ProducerSettings(max_bytes=largest))
    return Runner(lanes, producer, processor, executor, bounds, observer, **more)


def _lane(settings: Settings, group: str, topic: Topic, reserved: int = 0) -> Lane:
    consumer = KafkaConsumer(
        settings.kafka.connection(f"sluice-{group}"),
        ConsumerSettings(
            group=settings.topics.prefix + group, strategy="cooperative-sticky", ends=True, prefetch_kib=4_096
        ),
    )
    return Lane(group, consumer, (settings.topics.names.of(topic),), reserved)
