"""The gate on its real runner, with its real metrics, and a clock."""

from typing import Protocol

from bench.errand import Errand, tell
from bench.sluice.installation import settings_of
from bench.stopwatch import Stopwatch, leave, peak_mb
from stream.adapters.metrics import GateMetrics
from stream.core.step import Terms
from stream.ports import GateObserver
from stream.processors.gate import Gate
from stream.runtime import transactional
from stream.runtime.transactional import Runner
from stream.wiring.gate import gate_runner
from stream.wiring.process import now_ms


class Observed(GateMetrics):
    """The gate's metrics, and what the bench wants to know."""

    def __init__(self, errand: Errand) -> None:
        super().__init__()
        self._stopwatch = Stopwatch(errand) if errand.count else None

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        super().committed(records, wakes, outputs, seconds)
        if self._stopwatch and self._stopwatch.committed(records):
            leave()

    def restored(self, partition: int, entries: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        super().restored(partition, entries, seconds)
        tell("restored", partition=partition, entries=entries, seconds=seconds, peak_mb=peak_mb())


class Observer(GateObserver, transactional.Observer, Protocol):
    """Hears of the processor and of the runner."""


def runner(errand: Errand, observer: Observer) -> Runner:
    """The gate as its process wires it."""
    settings = settings_of(errand)
    gate = Gate(settings.topics.names, Terms(), errand.partitions, now_ms, observer)
    return gate_runner(settings, gate, observer)


if __name__ == "__main__":
    errand = Errand.given()
    gate = runner(errand, Observed(errand))
    tell("ready")
    gate.run()
