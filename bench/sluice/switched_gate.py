"""The gate, whose metrics hear every second transaction: both halves suffer alike from what else goes on."""

import time
from collections.abc import Callable

from prometheus_client import generate_latest

from bench.errand import Errand, tell
from bench.sluice.gate import runner
from bench.stopwatch import leave
from stream.adapters.metrics import GateMetrics

SCRAPES = 50
Tell = Callable[..., None]


def ignore(*_told: object) -> None:
    """Hear nothing."""


class Switch:
    """Counts messages and CPU by whether the metrics heard the transaction; either way they are called."""

    stepped: Tell
    decided: Tell
    urgent: Tell
    braked: Tell
    refused: Tell
    tally: Tell
    restored: Tell
    levels: Tell

    def __init__(self, errand: Errand) -> None:
        self._metrics = GateMetrics()
        self._errand = errand
        self._handled = 0
        self._messages = {True: 0, False: 0}
        self._cpu = {True: 0.0, False: 0.0}
        self._since = time.process_time()
        self._hear(False)

    def _hear(self, heard: bool) -> None:
        self._heard = heard
        for name in ("stepped", "decided", "urgent", "braked", "refused", "tally", "restored", "levels"):
            setattr(self, name, getattr(self._metrics, name) if heard else ignore)

    def committed(self, records: int, wakes: int, outputs: int, seconds: float) -> None:
        """See `stream.runtime.transactional.Observer`."""
        if self._heard:
            self._metrics.committed(records, wakes, outputs, seconds)
        now = time.process_time()
        if self._handled >= self._errand.warm:
            self._messages[self._heard] += records
            self._cpu[self._heard] += now - self._since
        self._since = now
        self._handled += records
        self._hear(not self._heard)
        if self._handled >= self._errand.warm + self._errand.count:
            self._finish()

    def _finish(self) -> None:
        tell(
            "result",
            heard=1e6 * self._cpu[True] / self._messages[True],
            silent=1e6 * self._cpu[False] / self._messages[False],
            scrape=self._scrape(),
        )
        leave()

    def _scrape(self) -> float:
        """CPU seconds of one scrape."""
        begun = time.process_time()
        for _ in range(SCRAPES):
            generate_latest(self._metrics.registry)
        return (time.process_time() - begun) / SCRAPES


if __name__ == "__main__":
    errand = Errand.given()
    gate = runner(errand, Switch(errand))
    tell("ready")
    gate.run()
