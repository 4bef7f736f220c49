"""The ledger as a process: Faust's worker around its processor."""

import logging
import socket

from stream.adapters.metrics import LedgerMetrics
from stream.config import Settings
from stream.config.settings import Ledger as LedgerSettings
from stream.core.errors import Misconfigured
from stream.processors.ledger import Ledger
from stream.wiring.process import metrics_served, now_ms, prepared

log = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0
"""How long the last writes may take before a worker gives its partitions away, as at its end."""
_HOUR = 3_600_000
_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - what to listen on, and no place to be reached at


def run_ledger(settings: Settings) -> None:
    """Run one worker of the ledger until SIGTERM or SIGINT.

    Raises:
        Exit: it cannot begin; the text says why.
        SystemExit: at its end.
    """
    try:
        from stream.adapters.faust import LedgerWorker, Options
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"the ledger needs Faust, and {error.name} is not installed here: pip install 'sluice[ledger]'"
        ) from error
    metrics = LedgerMetrics()
    options = Options(
        connection=settings.kafka.connection(settings.topics.prefix + "ledger"),
        names=settings.topics.names,
        group=settings.topics.prefix + "ledger",
        partitions=settings.topics.partitions,
        host=settings.ledger.host,
        port=settings.ledger.port,
        advertised=advertised(settings.ledger),
        refresh=settings.ledger.refresh_s,
        session=settings.ledger.session_timeout_ms / 1_000,
        drain=DRAIN_SECONDS,
    )
    with metrics_served(settings, metrics.registry, metrics.health):
        prepared(settings, "ledger")
        log.info("ledger begins", extra={"views": options.advertised})
        LedgerWorker(options, _processor(settings, metrics), now_ms, metrics).run()


def advertised(ledger: LedgerSettings) -> str:
    """Where the other workers find this one. Of two that say the same, all would know but one."""
    host = socket.gethostname() if ledger.host in _EVERY_ADDRESS else ledger.host
    return ledger.advertised or f"{host}:{ledger.port}"


def _processor(settings: Settings, metrics: LedgerMetrics) -> Ledger:
    return Ledger(
        settings.topics.names,
        settings.topics.partitions,
        round(settings.ledger.retention_hours * _HOUR),
        now_ms,
        metrics,
    )
