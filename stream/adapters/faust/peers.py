"""The other workers: which of them has a content, and what each of them knows."""

import faust
from aiohttp import ClientError, ClientTimeout
from yarl import URL

from stream.adapters.faust.table import LedgerTable

PATIENCE_SECONDS = 3.0
"""How long another worker's answer is waited for."""


class PeerAway(Exception):
    """No worker has this now, or the one that has it does not answer."""


class Peers:
    """Asks other workers over HTTP; who has which partition is told by Faust's assignor."""

    def __init__(self, app: faust.App, table: LedgerTable) -> None:
        self._app = app
        self._table = table

    def owner_of(self, key: bytes) -> URL | None:
        """The worker that has a key; None for this one.

        Raises:
            PeerAway: nobody has it: the group is sharing its partitions out.
        """
        try:
            url = self._app.router.key_store(self._table.name, key)
        except KeyError:
            raise PeerAway("the partitions are being shared out; ask again in a moment") from None
        return None if url == self._own else url

    @property
    def others(self) -> list[URL]:
        """Every other worker."""
        return sorted({URL(host) for host in self._app.router.tables_metadata()} - {self._own})

    async def ask(self, worker: URL, path: URL) -> tuple[int, bytes]:
        """Another worker's answer to a request: its status and body.

        Raises:
            PeerAway: it does not answer within 3 s.
        """
        timeout = ClientTimeout(total=PATIENCE_SECONDS)
        try:
            async with self._app.http_client.get(worker.join(path), timeout=timeout) as response:
                return response.status, await response.read()
        except (TimeoutError, ClientError, OSError) as error:
            raise PeerAway(f"{worker.authority} does not answer: {type(error).__name__}") from error

    @property
    def _own(self) -> URL:
        return URL(str(self._app.conf.canonical_url))
