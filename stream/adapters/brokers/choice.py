"""Which broker is taken: the one that is named, else Docker's, else a Java process, else a mock."""

import os
from collections.abc import Callable, Sequence

from stream.adapters.brokers.broker import Broker, BrokerMissing
from stream.adapters.brokers.docker import DockerBroker
from stream.adapters.brokers.external import ExternalBroker
from stream.adapters.brokers.java import JavaBroker
from stream.adapters.brokers.mock import MockBroker
from stream.core.errors import Unavailable

VARIABLE = "KAFKA_BOOTSTRAP_SERVERS"

REAL: tuple[Callable[[], Broker], ...] = (DockerBroker.start, JavaBroker.start)


def find_broker(
    bootstrap: str | None = None,
    *,
    allow_mock: bool = True,
    real: Sequence[Callable[[], Broker]] = REAL,
) -> Broker:
    """Finds or starts a Kafka; it answers when this returns.

    Args:
        bootstrap: addresses of a broker to use; without it `KAFKA_BOOTSTRAP_SERVERS` counts.
        allow_mock: whether librdkafka's mock may stand in where nothing real can be had.
        real: ways to start a real one, in the order they are tried.

    Raises:
        BrokerMissing: the named broker does not answer, or none is named and none can be started.
        BrokerFailed: a broker was started and did not come up.
    """
    named = bootstrap or os.environ.get(VARIABLE)
    if named:
        return ExternalBroker(named)
    tried: list[str] = []
    for start in real:
        try:
            return start()
        except Unavailable as why:
            tried.append(str(why))
    if allow_mock:
        return MockBroker(tried)
    raise BrokerMissing(
        "no Kafka broker: "
        + "; ".join(tried)
        + f". Set {VARIABLE} to a broker's host:port, start Docker, or install Java 17 or newer and Maven."
    )
