"""What is told of content that no worker tells of: never half of it as if it were all."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from faust.web import Request, View
from msgspec.json import decode

from stream.adapters.faust.census import Census
from stream.adapters.faust.peers import PeerAway
from stream.adapters.faust.views import Views
from stream.core.ledger import Count, Health, Summary
from stream.core.murmur2 import partition_of
from tests.unit.adapters.ledger.test_peers import Desk
from tests.unit.adapters.ledger.world import PARTITIONS
from tests.unit.ledger.lives import AT

ELSEWHERE = next(name for name in map(str, range(99)) if partition_of(name.encode(), PARTITIONS) == 3)
"""The id of a content in another worker's partition."""


class Page(View):
    """A view that answers with a status and what its JSON says."""

    def __init__(self) -> None: ...

    def bytes(self, value: bytes, *, status: int = 200, **_: Any) -> Any:  # noqa: ANN401
        """What would be sent."""
        return status, decode(value)


def asked(**query: str) -> Request:
    return cast(Request, SimpleNamespace(query=query, match_info={"id": ELSEWHERE}))


def views_of(desk: Desk, count: Count | None) -> Views:
    census = cast(Census, SimpleNamespace(last=count))
    health = Health(ready=True, partitions=(), entries=0)
    return Views(desk.table, PARTITIONS, census, desk.peers, lambda: AT, lambda: health)


@pytest.fixture
async def shadowed() -> Desk:
    """A worker with half of the partitions, at whose address another has the other half."""
    desk = Desk()
    desk.tell(here=[0, 1])
    await desk.table.recover(0, 1)
    return desk


@pytest.mark.parametrize("view", ["summary", "overdue"])
async def test_partitions_that_nobody_tells_of_are_named_as_missing(shadowed: Desk, view: str) -> None:
    status, told = await getattr(views_of(shadowed, Count(Summary(at=AT))), view)(Page(), asked())
    assert (status, told["at"]) == (200, AT)
    assert told["missing"] == ["partitions 2, 3: no worker tells that it has them"]


async def test_a_worker_that_has_not_counted_yet_is_named_alone(shadowed: Desk) -> None:
    # Given a worker that knows who has what, and has no census of its own yet
    shadowed.tell(here=[0, 1, 2, 3])
    await shadowed.table.recover(0, 1, 2, 3, opened=False)
    _, told = cast(Any, await views_of(shadowed, None).summary(Page(), asked()))
    assert told["missing"] == ["the worker that was asked"]


async def test_a_content_that_nobody_tells_of_is_answered_with_how_to_mend_that(shadowed: Desk) -> None:
    with pytest.raises(PeerAway, match=r"give each its own ledger\.advertised"):
        await views_of(shadowed, None).content(Page(), asked())


async def test_a_worker_that_is_reading_its_tables_says_so(shadowed: Desk) -> None:
    shadowed.tell(here=[2, 3])
    await shadowed.table.recover(2, 3, opened=False)
    status, told = cast(Any, await views_of(shadowed, None).content(Page(), asked()))
    assert (status, told["error"]) == (503, "this worker is still reading its tables; ask again in a moment")
