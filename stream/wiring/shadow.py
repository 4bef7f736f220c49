"""The judge's shadow as a process: the concurrent runner around it, and a producer for `audit` alone."""

import asyncio
from functools import partial

from stream.adapters.abreast import AbreastConsumer
from stream.adapters.kafka import ConsumerSettings, KafkaConsumer, KafkaProducer, ProducerSettings
from stream.adapters.metrics import ShadowMetrics
from stream.adapters.one_topic import OneTopicProducer
from stream.adapters.policies import PolicySetInForce
from stream.config import Settings
from stream.core.topics import SPECS, Topic
from stream.ports import Engine
from stream.processors.judge.shadow import Shadow
from stream.runtime import concurrent
from stream.runtime.concurrent import Lane, LoopExecutor, Runner
from stream.wiring.process import metrics_served, now_ms, prepared
from stream.wiring.workers import engine_of, sampling_of, serve_until_signal, started

_TOPICS = (Topic.CASES_JUDGE_URGENT, Topic.CASES_JUDGE_PRIORITY, Topic.CASES_JUDGE)


def run_shadow(settings: Settings, engine: Engine | None = None) -> None:
    """Judge live cases under `policies.set`, until SIGTERM or SIGINT; write to `audit` alone.

    It follows the folder and not `control`: what is promoted there is the set that it stands beside.

    Args:
        settings: all of them.
        engine: what answers, instead of the engine that the settings name.

    Raises:
        Exit: it cannot begin, or cannot go on; the text says why.
    """
    metrics = ShadowMetrics()
    metrics.health.loading("the model")
    with metrics_served(settings, metrics.registry, metrics.health):
        policies = prepared(settings, "shadow")
        metrics.policies.watch(policies)
        asyncio.run(_shadow(settings, policies, engine or engine_of(settings), metrics))


async def _shadow(
    settings: Settings, policies: PolicySetInForce, engine: Engine, metrics: ShadowMetrics
) -> None:
    async with started(engine, policies):
        metrics.health.loaded()
        sampling = sampling_of(settings.judge.sampling_key)
        names, share = settings.topics.names, settings.shadow.share
        processor = Shadow(names, policies, engine, now_ms, metrics, sampling, share)
        build = partial(_runner, settings, processor, metrics)
        await serve_until_signal(build, processor, metrics.health, policies.watch)


def _runner(settings: Settings, shadow: Shadow, metrics: ShadowMetrics, executor: LoopExecutor) -> Runner:
    names = settings.topics.names
    consumer = KafkaConsumer(
        settings.kafka.connection("sluice-shadow"),
        ConsumerSettings(
            group=settings.topics.prefix + "shadow",
            strategy="cooperative-sticky",
            ends=True,
            prefetch_kib=1_024,
        ),
    )
    abreast = AbreastConsumer(consumer, settings.shadow.behind, metrics.skipped)
    lane = Lane("shadow", abreast, tuple(names.of(topic) for topic in _TOPICS))
    producer = KafkaProducer(
        settings.kafka.connection("sluice-shadow"), ProducerSettings(max_bytes=SPECS[Topic.AUDIT].max_bytes)
    )
    bounds = concurrent.Settings(
        slots=settings.shadow.window,
        read_ahead=settings.shadow.window,
        deadline=settings.judge.item_deadline_s,
        drain=settings.judge.drain_s,
    )
    only = OneTopicProducer(producer, names.of(Topic.AUDIT))
    return Runner([lane], only, shadow, executor, bounds, metrics)
