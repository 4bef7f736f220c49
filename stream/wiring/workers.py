"""Triage and judge as processes: the concurrent runner around their processors."""

import asyncio
import logging
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial

from msgspec.structs import replace

from stream.adapters.by_effort import ByEffort
from stream.adapters.ending import Ending
from stream.adapters.kafka import ConsumerSettings, KafkaConsumer, KafkaProducer, ProducerSettings
from stream.adapters.kafka.archive import KafkaContentArchive
from stream.adapters.metrics import Health, JudgeMetrics, TriageMetrics
from stream.adapters.openai import OpenAiEngine
from stream.adapters.policies import PolicySetInForce
from stream.adapters.rules import LiveRules, RuleFolder
from stream.adapters.vllm import VllmEngine
from stream.config import EngineKind, Secret, Settings
from stream.core.policy.policy_set import PolicySet
from stream.core.sampling import Sampling
from stream.core.topics import SPECS, Topic
from stream.ports import Engine, Processor
from stream.processors.judge import Judge
from stream.processors.supersession import supersedes
from stream.processors.triage import Triage
from stream.runtime import concurrent
from stream.runtime.concurrent import Lane, LoopExecutor, Observer, Runner, serve
from stream.wiring.control import controlled
from stream.wiring.process import ENDING, LEAVING_SECONDS, folder_of, metrics_served, now_ms, prepared

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
        rules = LiveRules(RuleFolder(settings.rules.dir), policies, now_ms)
        metrics.rules.watch(rules)
        with controlled(settings, policies, metrics.control, lambda state: rules.hear(state.rules)):
            asyncio.run(_triage(settings, policies, rules, metrics))


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
        with controlled(settings, policies, metrics.control):
            asyncio.run(_judge(settings, policies, engine or engine_of(settings), metrics))


async def _triage(
    settings: Settings, policies: PolicySetInForce, rules: LiveRules, metrics: TriageMetrics
) -> None:
    archive = KafkaContentArchive(
        settings.kafka.connection("sluice-archive"),
        settings.topics.names.of(Topic.CONTENT),
        settings.topics.prefix + "archive",
    )
    processor = Triage(settings.topics.names, policies, rules, archive, now_ms, metrics)
    bounds = concurrent.Settings(
        slots=settings.triage.window,
        deadline=settings.triage.item_deadline_s,
        drain=settings.triage.drain_s,
    )
    lanes = [_lane(settings, "triage", Topic.CASES_TRIAGE)]
    build = partial(_runner, settings, lanes, processor, bounds, metrics)
    try:
        await serve_until_signal(build, processor, metrics.health, policies.watch, rules.watch)
    finally:
        archive.close()


async def _judge(
    settings: Settings, policies: PolicySetInForce, engine: Engine, metrics: JudgeMetrics
) -> None:
    async with started(engine, policies):
        metrics.watch(engine)
        metrics.health.loaded()
        sampling = sampling_of(settings.judge.sampling_key)
        processor = Judge(settings.topics.names, policies, engine, now_ms, metrics, sampling)
        bounds = concurrent.Settings(
            slots=settings.judge.window,
            deadline=settings.judge.item_deadline_s,
            absence=LONGEST_RESTART,
            drain=settings.judge.drain_s,
        )
        urgent = _lane(settings, "judge-urgent", Topic.CASES_JUDGE_URGENT, settings.judge.urgent_slots)
        lanes = [
            replace(urgent, deadline=settings.judge.urgent_deadline_s),
            _lane(settings, "judge-priority", Topic.CASES_JUDGE_PRIORITY, settings.judge.priority_slots),
            _lane(settings, "judge", Topic.CASES_JUDGE),
        ]
        build = partial(_runner, settings, lanes, processor, bounds, metrics, supersedes=supersedes)
        await serve_until_signal(build, processor, metrics.health, policies.watch)


@asynccontextmanager
async def started(engine: Engine, policies: PolicySetInForce) -> AsyncIterator[None]:
    """The engine, from its start to its end; says at once what it may not be asked."""
    try:
        log.info("engine starts", extra={"engine": type(engine).__name__})
        await engine.start()
        log.info("engine ready", extra={"model": engine.model})
        tell_what_must_stay_here(policies.current(), engine)
        yield
    finally:
        await engine.stop()


async def serve_until_signal(
    build: Build, processor: Processor, health: Health, *watched: Callable[[], Coroutine[None, None, None]]
) -> None:
    """Run until a signal, then drain; what is watched is watched meanwhile."""
    loop = asyncio.get_running_loop()
    runner = build(LoopExecutor(processor, loop))
    ending = Ending(runner.drains_within + LEAVING_SECONDS)

    def stop(number: signal.Signals) -> None:
        ending.begin(number.name)
        runner.stop()

    for number in ENDING:
        loop.add_signal_handler(number, stop, number)
    beside = [asyncio.create_task(_beat(health)), *(asyncio.create_task(watch()) for watch in watched)]
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


def tell_what_must_stay_here(policies: PolicySet, engine: Engine) -> None:
    """Say at once what else would be seen when people have been asked about every post."""
    kept = [policy.id for policy in policies.policies.values() if policy.needs_local]
    if kept and not engine.local:
        log.warning(
            "%s may be judged by a local model only, and this engine is none: every case that is routed to "
            "it goes to people. Set `local = true` if the server is yours, or take it off the routes.",
            ", ".join(kept),
        )


def sampling_of(key: Secret | None) -> Sampling:
    """Draws that no author can foresee; with a key of the operator's they come out the same everywhere."""
    return Sampling(key.reveal().encode() if key is not None else secrets.token_bytes(32))


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
            group=settings.topics.prefix + group,
            strategy="cooperative-sticky",
            ends=True,
            prefetch_kib=4_096,
            session_ms=10_000,  # a model that compiles kept two cores from every heartbeat for 6 s
        ),
    )
    return Lane(group, consumer, (settings.topics.names.of(topic),), reserved)
