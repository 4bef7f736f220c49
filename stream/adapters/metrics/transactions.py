"""What the transactional runner tells."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from stream.adapters.metrics.buckets import ITEM
from stream.runtime.transactional import Levels, Tally

_GAUGES = {
    "assigned": ("sluice_gate_assigned_partitions", "Partitions that are this process's"),
    "live": ("sluice_gate_live_partitions", "Partitions that are restored and flow"),
    "entries": ("sluice_gate_state_entries", "Content ids with state"),
    "to_restore": ("sluice_gate_restore_remaining_offsets", "Changelog offsets still to read"),
    "waiting_seconds": ("sluice_gate_waiting_seconds", "Age of the oldest assignment that does not flow yet"),
    "lag": ("sluice_gate_lag_records", "Offsets not processed; transaction markers count"),
}


class TransactionMetrics:
    """Implements `stream.runtime.transactional.Observer`.

    Args:
        registry: where the metrics are told.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = Counter(
            "sluice_gate_events_total", "What happened to the runner", ["event"], registry=registry
        )
        for what in Tally:
            self._events.labels(what.value)
        self._records = Counter("sluice_gate_records_total", "Records committed", registry=registry)
        self._wakes = Counter("sluice_gate_wakes_total", "Timers committed", registry=registry)
        self._outputs = Counter("sluice_gate_outputs_total", "Records published", registry=registry)
        self._transactions = Histogram(
            "sluice_gate_transaction_seconds",
            "From begin to commit; its count is that of the transactions",
            registry=registry,
            buckets=ITEM,
        )
        self._restored = Counter(
            "sluice_gate_restored_entries_total", "Changelog entries read back", registry=registry
        )
        self._restores = Histogram(
            "sluice_gate_restore_seconds", "One partition's restore", registry=registry, buckets=ITEM
        )
        self._gauges = {
            field: Gauge(name, about, registry=registry) for field, (name, about) in _GAUGES.items()
        }

    def tally(self, what: Tally, count: int = 1) -> None:
        """See `stream.runtime.transactional.Observer`."""
        self._events.labels(what.value).inc(count)

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        self._records.inc(records)
        self._wakes.inc(wakes)
        self._outputs.inc(outputs)
        self._transactions.observe(seconds)

    def restored(self, _partition: int, entries: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        self._restored.inc(entries)
        self._restores.observe(seconds)

    def levels(self, levels: Levels) -> None:
        """See `stream.runtime.transactional.Observer`."""
        for field, gauge in self._gauges.items():
            gauge.set(getattr(levels, field))
