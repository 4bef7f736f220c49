"""Scenes on the shared broker, or on one that a test may kill."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from stream.adapters.brokers import Broker
from tests.integration.concurrent.scene import Scene

Make = Callable[[int, int], Scene]


@pytest.fixture
def scene_on(tmp_path: Path) -> Iterator[Callable[[str, int, int], Scene]]:
    """Makes a scene on the broker at an address, with so many lanes of so many partitions."""
    with ExitStack() as closing:
        yield lambda bootstrap, lanes, partitions: Scene(bootstrap, tmp_path, closing, lanes, partitions)


@pytest.fixture
def scene_of(broker: Broker, scene_on: Callable[[str, int, int], Scene]) -> Make:
    """Makes a scene of so many lanes and partitions."""
    return partial(scene_on, broker.bootstrap)
