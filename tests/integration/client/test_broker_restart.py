"""Apps live through the death of a broker: nothing is lost, and what they know says how old it is."""

import pytest

from stream.adapters.brokers import JavaBroker
from stream.client import Publisher
from stream.core.errors import Unavailable
from tests.conftest import missing
from tests.integration.client.world import PATIENCE, World, held, released, removed, shown, until


@pytest.fixture
def own_broker() -> JavaBroker:
    try:
        return JavaBroker.start()
    except Unavailable as why:
        missing(str(why))
        raise


@pytest.mark.broker
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_reader_and_publisher_live_through_a_killed_broker(own_broker: JavaBroker) -> None:
    with own_broker:
        world = World(own_broker.bootstrap)
        settings = {**world.settings, "delivery.timeout.ms": 120_000}
        with Publisher(settings, source="/test", prefix=world.prefix) as publisher, world.reader() as reader:
            # Given an app that publishes and shows
            publisher.publish("post-0", 1, "before").result(PATIENCE)
            world.commit(released("post-1"), released("post-2"))
            until(lambda: shown(reader, "post-1") and reader.staleness < 2)
            # When the broker dies, and something is published meanwhile
            own_broker.kill()
            waiting = publisher.publish("post-0", 2, "meanwhile")
            # Then the app goes on by what it knew, and says how old that is
            until(lambda: reader.staleness > 3)
            assert shown(reader, "post-1")
            assert not waiting.done()
            # And once the broker is back, both go on
            own_broker.restart()
            assert waiting.result(90).offset == 1
            world.writer = world.new_writer()
            world.commit(removed("post-1"), held("post-3"))
            until(lambda: not shown(reader, "post-1") and reader.state_of("post-3").under_review, 90)
            until(lambda: reader.staleness < 2, 90)
            assert shown(reader, "post-2")
