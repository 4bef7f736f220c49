"""Every contract test runs twice: in memory, and on a real broker."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.contract.world import KafkaWorld, TwinWorld, World


@pytest.fixture(params=["twin", pytest.param("kafka", marks=pytest.mark.broker)])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "twin":
        yield TwinWorld()
        return
    with ExitStack() as closing:
        yield KafkaWorld(request.getfixturevalue("broker").bootstrap, closing)
