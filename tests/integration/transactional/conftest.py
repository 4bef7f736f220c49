"""Scenes on the shared broker."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from stream.adapters.brokers import Broker
from tests.integration.transactional.scene import Scene


@pytest.fixture
def scene_on(tmp_path: Path) -> Iterator[Callable[[str, int], Scene]]:
    """Makes a scene on the broker at an address, with so many partitions."""
    with ExitStack() as closing:
        yield lambda bootstrap, partitions: Scene(bootstrap, tmp_path, closing, partitions)


@pytest.fixture
def scene_of(broker: Broker, scene_on: Callable[[str, int], Scene]) -> Callable[[int], Scene]:
    """Makes a scene of so many partitions."""
    return partial(scene_on, broker.bootstrap)
