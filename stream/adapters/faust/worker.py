"""The ledger's worker: Faust's application with its table, agent, census and views."""

import asyncio
from collections.abc import Awaitable, Callable

import faust
from mode.supervisors import CrashingSupervisor

from stream.adapters.ending import Ending
from stream.adapters.faust.agent import LedgerAgent
from stream.adapters.faust.application import ledger_app, raw_topic
from stream.adapters.faust.census import Census
from stream.adapters.faust.credentials import REFUSALS, refused
from stream.adapters.faust.options import Options
from stream.adapters.faust.peers import Peers
from stream.adapters.faust.progress import Progress
from stream.adapters.faust.settling import Settling
from stream.adapters.faust.table import LedgerTable
from stream.adapters.faust.views import Views
from stream.core.errors import SluiceError, Unavailable
from stream.core.ledger import Health
from stream.core.topics import Topic
from stream.ports import Clock, LedgerObserver
from stream.processors.ledger import TOPICS, Ledger

_LEAVING_SECONDS = 8.0
"""How long it may take to leave and end, beside the last writes: less than the chart's grace leaves."""


class LedgerWorker:
    """One worker of the ledger, until a signal.

    Attributes:
        app: Faust's application.
        table: this worker's entries.
        census: its counts.
    """

    def __init__(self, options: Options, ledger: Ledger, clock: Clock, observer: LedgerObserver) -> None:
        self.app = ledger_app(options)
        names = options.names
        state, dead_letters = names.of(Topic.LEDGER_STATE), names.of(Topic.DEAD_LETTERS)
        changelog = raw_topic(self.app, state, partitions=options.partitions)
        self.table = LedgerTable(
            self.app,
            name="content",
            partitions=options.partitions,
            changelog_topic=changelog,
            key_type=bytes,
            value_type=bytes,
        )
        self.app.tables.add(self.table)
        self._settling = Settling()
        self._drain = options.drain
        written = {dead_letters: raw_topic(self.app, dead_letters)}
        self._progress = Progress(self.app, {names.of(topic): topic.value for topic in TOPICS})
        agent = LedgerAgent(ledger, self.table, written, self._settling, self._progress)
        read = raw_topic(self.app, *map(names.of, TOPICS))
        # Restarted after a bug, the agent would acknowledge past the event that it met.
        self.app.agent(read, name="ledger", supervisor_strategy=CrashingSupervisor)(agent.work)
        self.census = Census(self.table, self._progress, ledger.is_over, clock, observer)
        peers = Peers(self.app, self.table)
        views = Views(self.table, options.partitions, self.census, peers, clock, self._health)
        views.mount(self.app)
        self._observer = observer
        self.app.timer(1.0)(self._report)
        self.app.task(self._settling.run)
        self.app.task(_every(self.census, options.refresh))
        self.app.on_partitions_revoked.connect(self._hand_over)
        self.app.before_stop = self._hand_over

    async def _report(self) -> None:
        self._observer.reported(self._obstacle(), self._progress.behind())

    def _health(self) -> Health:
        entries, why = self.table.entries, self._obstacle()
        return Health(
            ready=not why,
            partitions=tuple(sorted(entries.opened)),
            entries=entries.size,
            behind=sum(self._progress.behind().values()),
            why=why,
        )

    def _obstacle(self) -> str:
        """Why this worker cannot be believed yet; a worker that was given no partition can be."""
        told = self.table.entries.opened or self.app.unassigned
        return "" if told else "its tables are not recovered yet"

    async def _hand_over(self, *_: object, **__: object) -> None:
        """Take nothing more, and let what was taken reach Kafka, before others read the changelog.

        Raises:
            Unavailable: Kafka does not take it in time. This process must end, and send nothing later.
        """
        self.table.entries.close()
        self._progress.forget()
        if self.app.crashed:
            return
        try:
            async with asyncio.timeout(self._drain):
                await self._settling.settled()
                await self.table.settled()
                await self.app.consumer.commit()
        except TimeoutError as error:
            raise Unavailable(
                f"Kafka did not take the ledger's last writes within {self._drain:.0f} s, and its"
                " partitions are another worker's now: those events will be folded again. Are all brokers up?"
            ) from error

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then commit and leave the group.

        Raises:
            SluiceError: it cannot go on; the text says why.
            SystemExit: at the end, with 0, or 1 after another crash.
        """
        self.app.ending = Ending(self._drain + _LEAVING_SECONDS)
        worker = faust.Worker(self.app, quiet=True, redirect_stdouts=False, override_logging=False)
        worker.spinner = None
        try:
            worker.execute_from_commandline()
        except SystemExit:
            why = self.app.crash_reason
            if isinstance(why, REFUSALS):
                raise refused(why) from None
            if isinstance(why, SluiceError):
                raise why from None
            raise


def _every(census: Census, seconds: float) -> Callable[[], Awaitable[None]]:
    async def count() -> None:
        await census.run(seconds)

    return count
