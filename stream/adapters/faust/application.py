"""Faust's application, set as the ledger needs it."""

import logging
from collections.abc import Awaitable, Callable

import faust
from faust import TopicT

from stream.adapters.ending import Ending
from stream.adapters.faust.credentials import credentials_of
from stream.adapters.faust.options import Options
from stream.adapters.faust.recovery import LedgerTables
from stream.adapters.faust.transport import CommittedTransport
from stream.core.errors import Unavailable
from stream.core.topics import SPECS, Topic

log = logging.getLogger(__name__)

_MOST_BYTES = max(SPECS[topic].max_bytes for topic in (Topic.LEDGER_STATE, Topic.DEAD_LETTERS))
"""The largest record that any topic takes of what a worker writes."""


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


def ledger_app(options: Options) -> LedgerApp:
    """The application, connected to nothing yet."""
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
        # A broker that has just started may not know its topics yet. Whoever shares partitions out by that
        # gives none to anybody, and would look again after five minutes.
        consumer_metadata_max_age_ms=10_000,
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


def raw_topic(app: faust.App, *names: str, partitions: int | None = None) -> TopicT:
    """Topics whose keys and values stay the bytes that they are."""
    return app.topic(
        *names,
        partitions=partitions,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )
