"""`control` as a process hears it: read whole before its work begins, followed until its end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from stream.adapters.control import ControlDesk, Listener
from stream.adapters.kafka.control import KafkaControlLog
from stream.adapters.metrics import ControlMetrics
from stream.adapters.policies import PolicySetInForce
from stream.config import Settings
from stream.core.topics import Topic
from stream.wiring.process import now_ms

log = logging.getLogger(__name__)


@contextmanager
def controlled(
    settings: Settings, policies: PolicySetInForce, metrics: ControlMetrics, *listeners: Listener
) -> Iterator[ControlDesk]:
    """The desk that operators reach this process by; the set in force and the listeners follow it.

    Raises:
        Misconfigured: the topic is not there, or not for this client.
        Unavailable: the broker does not answer.
    """
    connection = settings.kafka.connection(settings.topics.prefix + "control")
    desk = ControlDesk(KafkaControlLog(connection, settings.topics.names.of(Topic.CONTROL)), now_ms)
    for listener in (policies.heard, *listeners):
        desk.listen(listener)
    metrics.watch(desk)
    try:
        desk.begin()
        told = {"pauses": len(desk.state.pauses), "policy_set": policies.current().digest}
        log.info("control read", extra={"source": policies.source, **told})
        yield desk
    finally:
        desk.close()
