"""The demo's ledger: where it listens, and what it says at the end."""

import time
from contextlib import suppress

from stream.adapters.brokers.ports import free_ports
from stream.adapters.http import LedgerClient
from stream.core.errors import Unavailable
from stream.core.ledger import SummaryAnswer

_PATIENCE_SECONDS = 10.0
_PAUSE_SECONDS = 0.1


class DemoLedger:
    """One worker of the ledger, on a free port of this machine.

    Attributes:
        url: where it answers.
    """

    def __init__(self) -> None:
        (self._port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self._port}"

    def environment(self) -> dict[str, str]:
        """Variables for the process, and for whoever asks it."""
        return {
            "SLUICE_LEDGER__PORT": str(self._port),
            "SLUICE_LEDGER__REFRESH_S": "0.5",
            "SLUICE_LEDGER__URL": self.url,
        }

    def summary(self, contents: int, since: int) -> SummaryAnswer | None:
        """What it says once it knows of so many contents, as of a moment after `since` (ms).

        None where it does not within 10 s: then the demo counts for itself, as nothing waits for a ledger.
        """
        client, until = LedgerClient(self.url), time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(Unavailable):
                answer = client.summary()
                if answer.entries >= contents and answer.at > since:
                    return answer
            time.sleep(_PAUSE_SECONDS)
        return None
