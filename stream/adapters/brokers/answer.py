"""Whether a Kafka answers at an address."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient


def _always() -> bool:
    return True


def answers(
    bootstrap: str,
    seconds: float,
    while_true: Callable[[], bool] = _always,
    client: Mapping[str, Any] = MappingProxyType({}),
) -> bool:
    """Waits until the cluster describes itself; an open port alone is not yet a broker.

    Args:
        bootstrap: `host:port`, several parted by commas.
        seconds: how long to wait, above 0.
        while_true: asked between tries; when it says no the wait ends early.
        client: more of librdkafka's settings, where it takes some to be let in.
    """
    # Its complaints of a port that is still closed are expected here, and would reach the user's terminal.
    quiet = {"log_level": 0, "reconnect.backoff.max.ms": 500}
    admin = AdminClient({"bootstrap.servers": bootstrap, **quiet, **client})
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and while_true():
        try:
            cluster = admin.describe_cluster(request_timeout=min(left, 1.0)).result(
                timeout=min(left, 1.0) + 1.0
            )
        except (KafkaException, TimeoutError):
            cluster = None
        # A node that is still being registered answers with an empty list.
        if cluster is not None and cluster.nodes:
            return True
        time.sleep(min(left, 0.1))
    return False
