"""The ledger's parts on a Faust that never starts: its changelog is written when a test says so."""

import asyncio
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import faust
from faust.types import TP, FutureMessage, Message

from stream.adapters.faust.progress import Progress
from stream.adapters.faust.table import LedgerTable
from stream.adapters.faust.transport import Reading
from stream.core.ledger import ContentEntry, Summary, encode_entry
from tests.unit.ledger.lives import AT

PARTITIONS = 4
TOPICS = ("verdicts", "audit")


class Table(LedgerTable):
    """A table of four partitions; `writes` are what its changelog has not taken yet, or has."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - Faust's own
        app = faust.App("ledger", env={}, store="memory://", **settings)
        super().__init__(app, name="content", partitions=PARTITIONS, key_type=bytes, value_type=bytes)
        app.tables.add(self)
        self.writes: list[asyncio.Future[None]] = []
        self.written: list[tuple[int | None, Any, Any]] = []

    def send_changelog(self, partition: int | None, key: Any, value: Any, *_: Any) -> FutureMessage:  # noqa: ANN401
        """Write nothing; remember what."""
        self.written.append((partition, key, value))
        self.writes.append(asyncio.get_running_loop().create_future())
        return cast(FutureMessage, self.writes[-1])

    async def recover(self, *partitions: int, opened: bool = True) -> None:
        """What a rebalance does that gives these partitions: recovered, and sought back where `opened`."""
        await self.entries.on_rebalance(set(), set(), set())
        await self.entries.on_recovery_completed(places(self.changelog_topic_name, partitions), set())
        if opened:
            self.entries.open()

    def hold(self, partition: int, entries: Mapping[bytes, bytes]) -> None:
        """Have these entries, as from the changelog."""
        for key, entry in entries.items():
            self.entries.put(partition, key, entry)


def places(topic: str, partitions: Iterable[int]) -> set[TP]:
    return {TP(topic, partition) for partition in partitions}


def progress(readings: Mapping[TP, Reading]) -> Progress:
    """How far a consumer is that read this."""
    app = SimpleNamespace(consumer=SimpleNamespace(readings=readings))
    return Progress(cast(faust.App, app), {topic: topic for topic in TOPICS})


def message(topic: str, offset: int, seconds: float, partition: int = 0) -> Message:
    """A message as far as anyone looks at it."""
    told = SimpleNamespace(topic=topic, partition=partition, offset=offset, timestamp=seconds)
    return cast(Message, told)


def entry(at: int = AT) -> bytes:
    """An entry of which nothing waits."""
    return encode_entry(ContentEntry(changed_at=at))


class Heard:
    """An observer, and how many entries each census told it of."""

    def __init__(self) -> None:
        self.entries: list[int] = []
        self.told = asyncio.Event()

    def folded(self, topic: str) -> None: ...

    def repeated(self) -> None: ...

    def refused(self, error: str) -> None: ...

    def reported(self, obstacle: str, behind: Mapping[str, int]) -> None: ...

    def counted(self, summary: Summary, seconds: float) -> None:
        self.entries.append(summary.entries)
        self.told.set()


async def turns(count: int = 10) -> None:
    """Let others run until none of them can go on without us."""
    for _ in range(count):
        await asyncio.sleep(0)
