"""The other workers: which of them has a content, and what each of them knows."""

from http import HTTPStatus
from urllib.parse import quote

import faust
from aiohttp import ClientError, ClientTimeout
from msgspec import DecodeError
from msgspec.json import decode
from yarl import URL

from stream.adapters.faust.table import LedgerTable
from stream.core.ledger import Count

PATIENCE_SECONDS = 1.0
"""How long another worker's answer is waited for: less than whoever asks us waits."""


class PeerAway(Exception):
    """No worker has this now, or the one that has it does not answer."""


class Peers:
    """Asks other workers over HTTP; who has which partition is told by Faust's assignor."""

    def __init__(self, app: faust.App, table: LedgerTable) -> None:
        self._app = app
        self._table = table

    def owner_of(self, partition: int) -> URL | None:
        """The worker that has a partition; None for this one.

        Raises:
            PeerAway: nobody has it: the group is sharing its partitions out.
        """
        changelog = self._table.changelog_topic_name
        for host, topics in self._app.router.tables_metadata().items():
            if partition in topics.get(changelog, ()):
                return None if URL(host) == self._own else URL(host)
        raise PeerAway("the partitions are being shared out; ask again in a moment")

    @property
    def others(self) -> list[URL]:
        """Every other worker."""
        return sorted({URL(host) for host in self._app.router.tables_metadata()} - {self._own})

    async def content(self, worker: URL, content_id: str) -> tuple[int, bytes]:
        """What another worker answers about a content: status and body. Raises `PeerAway` as `count` does."""
        return await self._ask(worker, f"/content/{quote(content_id, safe='')}")

    async def count(self, worker: URL) -> Count:
        """Another worker's last census.

        Raises:
            PeerAway: it does not answer within a second, or has none now.
        """
        status, body = await self._ask(worker, "/summary")
        try:
            if status == HTTPStatus.OK:
                return decode(body, type=Count)
        except DecodeError as error:
            raise PeerAway(f"{worker.authority} is of another version: {error}") from error
        raise PeerAway(f"{worker.authority} answers {status}")

    async def _ask(self, worker: URL, path: str) -> tuple[int, bytes]:
        timeout = ClientTimeout(total=PATIENCE_SECONDS)
        url = URL(f"{str(worker).rstrip('/')}{path}?scope=local", encoded=True)
        try:
            async with self._app.http_client.get(url, timeout=timeout) as response:
                return response.status, await response.read()
        except (TimeoutError, ClientError, OSError) as error:
            raise PeerAway(
                f"{worker.authority} does not answer: {type(error).__name__}. Ask again in a moment; "
                "if that does not help, is its ledger.advertised an address that other workers reach?"
            ) from error

    @property
    def _own(self) -> URL:
        return URL(str(self._app.conf.canonical_url))
