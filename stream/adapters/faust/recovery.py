"""Faust's recovery of tables, but a recovery that Kafka does not answer ends the process."""

from typing import Any

from faust.tables import TableManager
from faust.tables.recovery import RebalanceAgain, Recovery, ServiceStopped

from stream.core.errors import Unavailable


class EndingRecovery(Recovery):
    """Recovers tables after each rebalance.

    Faust takes a time-out for the process's end: nothing is recovered any more, partitions are kept, and no
    event is worked on again, without a word.
    """

    async def _wait(self, coro: Any, timeout: Any = None) -> None:  # noqa: ANN401, ASYNC109 - Faust's own
        try:
            await super()._wait(coro, timeout)
        except ServiceStopped:
            if self.should_stop:
                raise
            raise Unavailable(
                f"Kafka did not answer for {timeout:.0f} s while the ledger's tables were recovered."
                " Are all brokers up, and has every partition of `ledger-state` a leader?"
            ) from None

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """Called once the changelogs are read; or, by Faust, once the next rebalance has cut that short.

        Raises:
            RebalanceAgain: it has: nothing is recovered.
        """
        if self.signal_recovery_start.is_set():
            raise RebalanceAgain
        await super().on_recovery_completed(generation_id)


class LedgerTables(TableManager):
    """Makes such a recovery."""

    @property
    def recovery(self) -> Recovery:
        """See `faust.tables.TableManager`."""
        if self._recovery is None:
            self._recovery = EndingRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
