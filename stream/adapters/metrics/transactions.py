"""What the transactional runner tells: transactions, restores, levels."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream.adapters.metrics.health import Health
from stream.runtime.transactional import Levels, Tally

_GAUGES = {
    "assigned": ("sluice_gate_assigned_partitions", "Partitions that are this gate's"),
    "live": ("sluice_gate_live_partitions", "Partitions that are restored and flow"),
    "entries": ("sluice_gate_state_entries", "Contents with state: open, or closed not long ago"),
    "to_restore": ("sluice_gate_restore_remaining_offsets", "Changelog offsets still to read"),
    "waiting_seconds": (
        "sluice_gate_waiting_seconds",
        "Age of the oldest assignment that does not flow yet; its new posts wait for their hold",
    ),
    "weight": (
        "sluice_gate_open_text_bytes",
        "Text that waits for machines: of versions with a case that no person was asked about",
    ),
    "oldest_wait_seconds": (
        "sluice_gate_oldest_hold_seconds",
        "Age of the oldest hold that no person was asked about; 0 with none",
    ),
    "lag": (
        "sluice_gate_lag_records",
        "Offsets of content and outcomes not processed; transaction markers count",
    ),
}
_PART = "gate"
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_RESTORE_SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class TransactionMetrics:
    """Implements `stream.runtime.transactional.Observer`.

    Attributes:
        registry: what the page serves.
        health: how the process is, as far as its runner tells.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.health = Health(_PART)
        self._transactions = Histogram(
            "sluice_gate_transaction_seconds",
            "Transactions committed, and how long each was open",
            registry=registry,
            buckets=_SECONDS,
        )
        self._records = Counter("sluice_gate_records_total", "Records processed", registry=registry)
        self._wakes = Counter(
            "sluice_gate_wakes_total", "Deadlines and retentions acted on", registry=registry
        )
        self._outputs = Counter("sluice_gate_outputs_total", "Records published", registry=registry)
        self._aborted = Counter(
            "sluice_gate_aborts_total", "Transactions that failed and were run again", registry=registry
        )
        self._events = Counter(
            "sluice_gate_events_total",
            "What else happened in the runner",
            ["event"],
            registry=registry,
        )
        self._restored = Histogram(
            "sluice_gate_restore_seconds",
            "Partitions restored, and how long each took",
            registry=registry,
            buckets=_RESTORE_SECONDS,
        )
        self._restored_entries = Counter(
            "sluice_gate_restored_entries_total", "Changelog entries read back", registry=registry
        )
        self._gauges = {
            field: Gauge(name, about, registry=registry) for field, (name, about) in _GAUGES.items()
        }
        for what in Tally:
            if what is not Tally.ABORTED:
                self._events.labels(what.value)

    def tally(self, what: Tally, count: int = 1) -> None:
        """See `stream.runtime.transactional.Observer`."""
        if what is Tally.ABORTED:
            self._aborted.inc(count)
        else:
            self._events.labels(what.value).inc(count)

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        self._transactions.observe(seconds)
        self._records.inc(records)
        self._wakes.inc(wakes)
        self._outputs.inc(outputs)

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        del partition
        self._restored.observe(seconds)
        self._restored_entries.inc(entries)

    def levels(self, levels: Levels) -> None:
        """See `stream.runtime.transactional.Observer`."""
        self.health.report(_PART, _obstacle(levels))
        for field, gauge in self._gauges.items():
            gauge.set(getattr(levels, field))


def _obstacle(levels: Levels) -> str:
    if not levels.joined:
        return "no partitions are assigned yet"
    if missing := levels.assigned - levels.live:
        return f"{missing} of {levels.assigned} partitions are not restored yet"
    return ""
