"""The other workers: who has what, and what is said of those that do not answer."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from types import SimpleNamespace
from typing import cast

import faust
import msgspec
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from stream.adapters.faust import peers as module
from stream.adapters.faust.peers import PeerAway, Peers
from stream.core.ledger import Count, Summary
from tests.unit.adapters.ledger.world import Table

HERE, THERE = "http://here:1", "http://there:2"
A_COUNT = Count(Summary(at=7), behind=2)
ANSWERS = {
    "well": (200, msgspec.json.encode(A_COUNT)),
    "busy": (500, b"{}"),
    "garbled": (200, b'{"summary": 1}'),
}


class Desk:
    """One worker's view of the others, as Faust tells them to it."""

    def __init__(self, client: ClientSession | None = None) -> None:
        self.table = Table()
        self.told: dict[str, Mapping[str, Collection[int]]] = {}
        app = SimpleNamespace(
            router=SimpleNamespace(tables_metadata=lambda: self.told),
            conf=SimpleNamespace(canonical_url=URL(HERE)),
            http_client=client,
        )
        self.peers = Peers(cast(faust.App, app), self.table)

    def tell(self, **partitions: Collection[int]) -> None:
        """What Faust says that `here` and `there` have."""
        urls = {"here": HERE, "there": THERE}
        name = self.table.changelog_topic_name
        self.told = {urls[worker]: {name: had} for worker, had in partitions.items()}


async def test_a_partition_is_anothers_or_this_ones() -> None:
    desk = Desk()
    desk.tell(here=[0, 1], there=[2, 3])
    await desk.table.recover(0, 1)
    assert [desk.peers.owner_of(partition) for partition in (1, 2)] == [None, URL(THERE)]
    assert (desk.peers.others, desk.peers.untold(4)) == ([URL(THERE)], [])


async def test_while_tables_recover_what_faust_tells_counts_for_this_worker_too() -> None:
    desk = Desk()
    desk.tell(here=[0, 1], there=[2, 3])
    await desk.table.recover(0, 1, opened=False)
    assert (desk.peers.owner_of(1), desk.peers.untold(4)) == (None, [])


async def test_a_partition_that_nobody_has_is_said_to_be_so() -> None:
    desk = Desk()
    desk.tell(there=[2])
    with pytest.raises(PeerAway, match="no worker tells that it has partition 3; ask again"):
        desk.peers.owner_of(3)


@pytest.mark.parametrize("survivor", [[0, 1], [2, 3]])
async def test_of_two_workers_at_one_address_the_others_partitions_are_named(survivor: list[int]) -> None:
    # Given two workers that say they are here, of which Faust tells either
    desk = Desk()
    desk.tell(here=survivor)
    # When this one has recovered its own
    await desk.table.recover(0, 1)
    # Then what the other has is not known to be anywhere, and how to mend that is said
    assert (desk.peers.others, desk.peers.untold(4)) == ([], [2, 3])
    with pytest.raises(PeerAway, match=r"at one address: give each its own ledger\.advertised"):
        desk.peers.owner_of(2)


@pytest.fixture
async def server() -> AsyncIterator[URL]:
    """A worker under each path: well, busy, garbled, silent."""

    async def answer(request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind == "silent":
            await over.wait()
        status, body = ANSWERS.get(kind, (200, request.raw_path.encode()))
        return web.Response(status=status, body=body)

    over = asyncio.Event()
    app = web.Application()
    app.router.add_get("/{kind}/{rest:.*}", answer)
    async with TestServer(app) as running:
        yield running.make_url("/")
        over.set()


async def test_another_workers_census_is_taken_as_it_is(server: URL) -> None:
    async with ClientSession() as client:
        assert await Desk(client).peers.count(server / "well") == A_COUNT


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("busy", "answers 500"),
        ("garbled", "is of another version"),
        ("silent", r"does not answer: TimeoutError.*ledger\.advertised"),
    ],
)
async def test_a_worker_that_does_not_tell_its_census_is_away_and_says_why(
    server: URL, kind: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "silent":
        monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.05)
    async with ClientSession() as client:
        with pytest.raises(PeerAway, match=rf"127\.0\.0\.1:\d+ {said}"):
            await Desk(client).peers.count(server / kind)


async def test_a_content_is_asked_for_by_its_whole_id_and_its_answer_told_as_it_is(server: URL) -> None:
    async with ClientSession() as client:
        peers = Desk(client).peers
        asked = await peers.content(server / "telling", "post/1#c=2%")
        assert asked == (200, b"/telling/content/post%2F1%23c%3D2%25?scope=local")
        assert await peers.content(server / "busy", "post") == (500, b"{}")
