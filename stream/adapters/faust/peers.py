"""The other workers: which of them has a content, and what each of them knows."""

from collections.abc import Collection
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
            PeerAway: nobody is known to: the group is sharing them out, or two workers are at one address.
        """
        for worker, partitions in self._shared_out().items():
            if partition in partitions:
                return None if worker == self._own else worker
        raise PeerAway(
            f"no worker tells that it has partition {partition}; ask again in a moment. If that does not"
            " help, two workers are at one address: give each its own ledger.advertised"
        )

    def untold(self, partitions: int) -> list[int]:
        """Which of so many partitions no worker tells that it has."""
        return sorted(set(range(partitions)).difference(*self._shared_out().values()))

    @property
    def others(self) -> list[URL]:
        """Every other worker."""
        return sorted(self._shared_out().keys() - {self._own})

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

    def _shared_out(self) -> dict[URL, Collection[int]]:
        """Who has which partitions. Of workers at one address Faust tells but one: this one knows its own."""
        changelog = self._table.changelog_topic_name
        told: dict[URL, Collection[int]] = {
            URL(host): topics.get(changelog, ())
            for host, topics in self._app.router.tables_metadata().items()
        }
        if self._table.entries.is_open:
            told[self._own] = self._table.entries.opened
        return told

    @property
    def _own(self) -> URL:
        return URL(str(self._app.conf.canonical_url))
