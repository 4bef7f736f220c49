"""The ledger's web views: JSON about content, never its text.

Any worker may be asked anything. `?scope=local` is how workers ask each other: for what one has alone.
"""

import asyncio
from collections.abc import Awaitable, Callable

import faust
import msgspec
from faust.web import Request, Response, View
from yarl import URL

from stream.adapters.faust.census import Census
from stream.adapters.faust.peers import PeerAway, Peers
from stream.adapters.faust.table import LedgerTable
from stream.core.errors import Exit
from stream.core.ledger import (
    Count,
    Health,
    Problem,
    Wanted,
    decode_entry,
    overdue_cases,
    summary_of,
    view_of,
)
from stream.core.murmur2 import partition_of
from stream.ports import Clock

Answer = Callable[[View, Request], Awaitable[Response]]


NOT_THERE = "nothing about this id in the ledger: never seen, or closed for longer than its retention"


class Views:
    """Answers by HTTP for one worker.

    Args:
        table: this worker's entries.
        partitions: how many there are in all.
        census: its last counts.
        peers: the other workers.
        clock: milliseconds since 1970.
        worker: how this worker is.
    """

    def __init__(
        self,
        table: LedgerTable,
        partitions: int,
        census: Census,
        peers: Peers,
        clock: Clock,
        worker: Callable[[], Health],
    ) -> None:
        self._table = table
        self._partitions = partitions
        self._census = census
        self._peers = peers
        self._clock = clock
        self._worker = worker

    def mount(self, app: faust.App) -> None:
        """Serve them."""
        pages = {
            "/content/{id:.+}": self.content,
            "/overdue": self.overdue,
            "/summary": self.summary,
            "/healthz": self.health,
        }
        for path, answer in pages.items():
            app.page(path, name="ledger:" + path)(_view(answer))

    async def content(self, view: View, request: Request) -> Response:
        """Where one content is now; from the worker that has it."""
        content_id = request.match_info["id"]
        key = content_id.encode()
        partition = partition_of(key, self._partitions)
        if partition in self._table.entries.opened:
            return self._told(view, content_id, self._table.entries.entry(partition, key))
        if _is_local(request):
            return _json(view, Problem("this worker does not have it now; ask again in a moment"), 503)
        owner = self._peers.owner_of(partition)
        if owner is None:
            return _json(view, Problem("this worker is still reading its tables; ask again in a moment"), 503)
        status, body = await self._peers.content(owner, content_id)
        return view.bytes(body, content_type="application/json", status=status)

    async def overdue(self, view: View, request: Request) -> Response:
        """Cases beyond their due time, the most overdue first."""
        query = request.query
        try:
            limit = int(query.get("limit", 100))
        except ValueError:
            return _json(view, Problem("limit must be a whole number"), 400)
        wanted = Wanted(surface=query.get("surface"), policy=query.get("policy"), limit=max(0, limit))
        counts, missing = await self._everywhere()
        return _json(view, overdue_cases(counts, wanted, missing))

    async def summary(self, view: View, request: Request) -> Response:
        """Counts over everything; with `scope=local`, this worker's census as it is."""
        if _is_local(request):
            if (own := self._census.last) is not None:
                return _json(view, own)
            return _json(view, Problem("nothing is counted yet; ask again in a moment"), 503)
        counts, missing = await self._everywhere()
        return _json(view, summary_of(counts, missing))

    async def health(self, view: View, _request: Request) -> Response:
        """Whether this worker has read its tables and takes part in the work."""
        health = self._worker()
        return _json(view, health, 200 if health.ready else 503)

    def _told(self, view: View, content_id: str, entry: bytes | None) -> Response:
        if entry is None:
            return _json(view, Problem(NOT_THERE), 404)
        return _json(view, view_of(content_id, decode_entry(entry), self._clock()))

    async def _everywhere(self) -> tuple[list[Count], list[str]]:
        """Every worker's last census; who did not tell theirs, and what nobody tells of."""
        others = self._peers.others
        answers = await asyncio.gather(*map(self._count, others))
        own = self._census.last
        counts = [count for count in (own, *answers) if count is not None]
        missing = [worker.authority for worker, count in zip(others, answers, strict=True) if count is None]
        if own is None:
            missing.append("the worker that was asked")
        if untold := self._peers.untold(self._partitions):
            missing.append(f"partitions {', '.join(map(str, untold))}: no worker tells that it has them")
        return counts, missing

    async def _count(self, worker: URL) -> Count | None:
        try:
            return await self._peers.count(worker)
        except PeerAway:
            return None


def _is_local(request: Request) -> bool:
    return request.query.get("scope") == "local"


def _json(view: View, answer: msgspec.Struct, status: int = 200) -> Response:
    return view.bytes(msgspec.json.encode(answer), content_type="application/json", status=status)


def _view(answer: Answer) -> Answer:
    async def page(view: View, request: Request, **_parts: str) -> Response:
        try:
            return await answer(view, request)
        except PeerAway as away:
            return _json(view, Problem(str(away)), 503)
        except Exit as error:
            return _json(view, Problem(str(error)), 500)

    return page
