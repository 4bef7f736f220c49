"""A backtest put together: Kafka read, the engine asked, both sets compared. Writes nothing to Kafka."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from stream.adapters.answers import DiskTable, RememberingEngine
from stream.adapters.kafka.scan import Scan
from stream.config import EngineKind, Settings
from stream.core.topics import Topic
from stream.ops.backtest.backtest import Backtest, Sets, compare_records
from stream.ops.backtest.comparison import Comparison
from stream.ops.backtest.figures import Prices
from stream.ops.backtest.records import AuditIndex
from stream.ops.backtest.report import Conditions
from stream.ops.backtest.side import Meter, Side
from stream.ops.backtest.window import Draw, Version, Window, draw, versions
from stream.ports import Engine, Record
from stream.wiring.workers import engine_of

_TWO_DAYS = 2 * 86_400_000
"""How long (ms) after its publication a case may still be judged for the first time."""


class Asked(Struct, frozen=True, kw_only=True):
    """What is wanted.

    Attributes:
        sample: so many posts, drawn at random; None is all.
        shadowed: nothing is asked, both sides are read from `audit`.
        fresh: nothing is kept, and nothing that was kept counts.
        answers: the file that keeps judgements; None is the usual one.
        examples: of each move, at most.
    """

    window: Window
    sample: int | None = None
    shadowed: bool = False
    fresh: bool = False
    answers: Path | None = None
    examples: int = 5
    prices: Prices | None = None


class Watch(Protocol):
    """Hears how far it is, and may end it."""

    def begins(self, what: str, total: int | None = None) -> None:
        """The next part begins."""

    def passed(self) -> None:
        """One post is compared."""

    def stopped(self) -> bool:
        """Whether what is in hand is the last."""


def run_backtest(
    settings: Settings, scan: Scan, sets: Sets, asked: Asked, watch: Watch, engine: Engine | None = None
) -> tuple[Comparison, Conditions]:
    """Compare two sets on the posts of a window.

    1. `audit` is read, for what was answered; `content`, for how many posts there are, and which are drawn.
    2. `content` is read again, as fast as the engine answers: memory does not grow with the window.

    Args:
        settings: topics, engine and its window.
        scan: reads the cluster.
        sets: today's and the candidate.
        asked: what is wanted.
        watch: hears, and may end it early; then the conditions say so.
        engine: what answers, instead of the engine that the settings name.

    Raises:
        Unavailable: broker or engine do not answer; what was answered is kept.
        Misconfigured: topics or engine that cannot work.
    """
    replay = _Replay(settings, scan, asked.window)
    comparison, meter = Comparison(asked.examples), Meter()
    with closing(DiskTable()) as cases:
        watch.begins("reading audit")
        index = AuditIndex(cases, sets.digests)
        index.read(replay.audit())
        watch.begins("reading content")
        drawn = draw(replay.versions(), asked.sample, _key(settings, asked.window))
        watch.begins("comparing", drawn.taken)
        left = takewhile(lambda _one: not watch.stopped(), filter(drawn.takes, replay.versions()))
        if asked.shadowed:
            compare_records(sets, index, left, comparison, watch.passed)
            model = "none: read from audit"
        else:
            engine = engine or engine_of(settings)
            with closing(DiskTable(_kept_in(settings, asked))) as table:
                asyncio.run(
                    _asked(engine, sets, meter, index, table, comparison, left, settings, watch.passed)
                )
            model = engine.model
    return comparison, _conditions(settings, asked, sets, drawn, comparison, meter, model)


class _Replay:
    """A window's records, read as often as wanted."""

    def __init__(self, settings: Settings, scan: Scan, window: Window) -> None:
        self._names = settings.topics.names
        self._scan = scan
        self._window = window

    def audit(self) -> Iterator[Record]:
        return self._read(Topic.AUDIT, self._window.end + _TWO_DAYS)

    def versions(self) -> Iterator[Version]:
        with closing(DiskTable()) as met:
            yield from versions(self._read(Topic.CONTENT, self._window.end), self._window, met.is_new)

    def _read(self, topic: Topic, until: int) -> Iterator[Record]:
        partitions = self._scan.partitions(self._names.of(topic))
        return self._scan.read(partitions, self._window.begin, until)


async def _asked(  # noqa: PLR0913, PLR0917 - everything comes together here
    engine: Engine,
    sets: Sets,
    meter: Meter,
    index: AuditIndex,
    table: DiskTable,
    comparison: Comparison,
    left: Iterator[Version],
    settings: Settings,
    passed: Callable[[], None],
) -> None:
    await engine.start()
    try:
        # Copies of one text that are in hand at once are asked once.
        shared = RememberingEngine(engine, heard=meter.hear)
        today, candidate = (Side(one, shared, table) for one in (sets.today, sets.candidate))
        backtest = Backtest(sets, (today, candidate), index, table, comparison)
        await backtest.run(left, settings.judge.window, passed)
    finally:
        await engine.stop()


def _key(settings: Settings, window: Window) -> bytes:
    """The operator's, so that nobody can foresee the draw; else one of the window's own: two runs agree."""
    if settings.judge.sampling_key is not None:
        return settings.judge.sampling_key.reveal().encode()
    return sha256(f"{settings.topics.prefix}\xff{window.begin}\xff{window.end}".encode()).digest()


def _kept_in(settings: Settings, asked: Asked) -> Path | None:
    """The exemplar's answers are not kept: it takes no time, and its examples may change at any moment."""
    if asked.fresh or (settings.judge.engine is EngineKind.EXEMPLAR and asked.answers is None):
        return None
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return asked.answers or Path(cache) / "sluice" / "judgements.sqlite"


def _conditions(
    settings: Settings,
    asked: Asked,
    sets: Sets,
    drawn: Draw,
    comparison: Comparison,
    meter: Meter,
    model: str,
) -> Conditions:
    return Conditions(
        today=f"{sets.today.name} {sets.today.digest}",
        candidate=f"{sets.candidate.name} {sets.candidate.digest}",
        model=model,
        window=asked.window.shown,
        posts=drawn.posts,
        wanted=drawn.taken,
        complete=comparison.posts >= drawn.taken,
        asked=meter.questions,
        paid=meter.usage,
        shadowed=asked.shadowed,
        exemplar=not asked.shadowed and settings.judge.engine is EngineKind.EXEMPLAR,
        prices=asked.prices,
    )
