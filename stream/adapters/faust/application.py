"""The ledger's worker: Faust's application with its table, agent, census and views."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable

os.environ.setdefault("FAUST_LOOP", "uvloop")  # read when faust is imported

import faust
from faust import TopicT
from mode.supervisors import CrashingSupervisor
from msgspec import Struct

from stream.adapters.faust.agent import LedgerAgent
from stream.adapters.faust.census import Census
from stream.adapters.faust.credentials import REFUSALS, credentials_of, refused
from stream.adapters.faust.ending import Ending
from stream.adapters.faust.peers import Peers
from stream.adapters.faust.progress import Progress
from stream.adapters.faust.recovery import LedgerTables
from stream.adapters.faust.settling import Settling
from stream.adapters.faust.table import LedgerTable
from stream.adapters.faust.transport import CommittedTransport
from stream.adapters.faust.views import Views
from stream.adapters.kafka import Connection
from stream.core.errors import SluiceError, Unavailable
from stream.core.ledger import Health
from stream.core.topics import SPECS, Topic, TopicNames
from stream.ports import Clock, LedgerObserver
from stream.processors.ledger import TOPICS, Ledger

log = logging.getLogger(__name__)

_LEAVING_SECONDS = 8.0
"""How long it may take to leave and end, beside the last writes: less than the chart's grace leaves."""
_MOST_BYTES = max(SPECS[topic].max_bytes for topic in (Topic.LEDGER_STATE, Topic.DEAD_LETTERS))
"""The largest record that any topic takes of what a worker writes."""


class Options(Struct, frozen=True, kw_only=True):
    """How one worker runs.

    Attributes:
        connection: the cluster.
        names: its topics.
        group: the consumer group, and Faust's name of the application.
        partitions: how many every topic has.
        host: the address its views listen on.
        port: and the port.
        advertised: `host:port` under which the other workers reach it.
        refresh: seconds between two censuses, at least.
        session: seconds without a sign of life until another worker takes over.
        drain: seconds that the last writes may take before the worker gives its partitions away.
    """

    connection: Connection
    names: TopicNames
    group: str
    partitions: int
    host: str = "127.0.0.1"
    port: int = 6_066
    advertised: str = "127.0.0.1:6066"
    refresh: float = 5.0
    session: float = 10.0
    drain: float = 10.0


class LedgerWorker:
    """One worker of the ledger, until a signal.

    Attributes:
        app: Faust's application.
        table: this worker's entries.
        census: its counts.
    """

    def __init__(self, options: Options, ledger: Ledger, clock: Clock, observer: LedgerObserver) -> None:
        self.app = _app(options)
        names = options.names
        state, dead_letters = names.of(Topic.LEDGER_STATE), names.of(Topic.DEAD_LETTERS)
        changelog = _topic(self.app, state, partitions=options.partitions)
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
        written = {dead_letters: _topic(self.app, dead_letters)}
        self._progress = Progress(self.app, {names.of(topic): topic.value for topic in TOPICS})
        agent = LedgerAgent(ledger, self.table, written, self._settling, self._progress)
        read = _topic(self.app, *map(names.of, TOPICS))
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


class LedgerApp(faust.App):
    """Faust's application, which does something before it leaves its group."""

    before_stop: Callable[[], Awaitable[None]]
    ending: Ending | None = None

    def _crash(self, reason: BaseException) -> None:
        """A part of it has failed, and the worker ends."""
        self._ends(f"{type(reason).__name__}: {reason}")
        super()._crash(reason)

    def _create_directories(self) -> None:
        """Make none: the table lies in memory, its changelog in Kafka."""

    async def on_stop(self) -> None:
        """Called once the worker was told to end."""
        self._ends("it was told to end")
        try:
            await self.before_stop()
        except Unavailable as error:
            log.warning("%s", error)
        finally:
            await super().on_stop()

    def _ends(self, why: str) -> None:
        if self.ending is not None:
            self.ending.begin(why)


def _app(options: Options) -> LedgerApp:
    host, _, port = options.advertised.rpartition(":")
    app = LedgerApp(
        options.group,
        env={},  # Faust would take settings from any variable that is called like one of them
        broker=[f"kafka://{server}" for server in options.connection.bootstrap.split(",")],
        broker_client_id=options.connection.client,
        broker_credentials=credentials_of(options.connection),
        broker_session_timeout=options.session,
        broker_request_timeout=max(30.0, options.session + 5.0),
        broker_heartbeat_interval=options.session / 5,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
        producer_max_request_size=_MOST_BYTES,
        producer_linger=0.02,
        store="memory://",
        TableManager=LedgerTables,
        table_standby_replicas=0,
        stream_wait_empty=False,  # what was taken is settled; what came since is nobody's to acknowledge
        topic_partitions=options.partitions,
        topic_allow_declare=False,  # `sluice topics create` does, with the settings that they need
        topic_disable_leader=True,
        stream_recovery_delay=0.0,
        web_bind=options.host,
        web_port=options.port,
        web_host=host,
        canonical_url=f"http://{host}:{port}",
        web_cors_options=None,
        web_router_enabled=False,
        web_tables_enabled=False,
        web_graph_enabled=False,
        web_stats_enabled=False,
        web_metrics_enabled=False,
    )
    app.transport = CommittedTransport(app.conf.broker_consumer, app)
    return app


def _every(census: Census, seconds: float) -> Callable[[], Awaitable[None]]:
    async def count() -> None:
        await census.run(seconds)

    return count


def _topic(app: faust.App, *names: str, partitions: int | None = None) -> TopicT:
    """Topics whose keys and values stay the bytes that they are."""
    return app.topic(
        *names,
        partitions=partitions,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )
