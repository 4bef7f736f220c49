"""A world of its own for each test."""

import pytest

from stream.adapters.brokers import Broker
from tests.integration.client.world import World


@pytest.fixture
def world(broker: Broker) -> World:
    return World(broker.bootstrap)
