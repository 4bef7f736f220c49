"""A single KRaft node's settings, the same in a container as in a process."""

VERSION = "4.1.1"
"""Apache Kafka's version; kafka/pom.xml pins the same."""

NODE = "1"


def node_settings(
    *, listen: str, advertised: str, controller: str, protocol: str = "PLAINTEXT"
) -> dict[str, str]:
    """Settings of one node that is broker and controller at once.

    Args:
        listen: `host:port` that the broker binds.
        advertised: `host:port` that clients are told.
        controller: `host:port` of the controller, used by the node alone.
        protocol: what clients speak, by Kafka's name.
    """
    return {
        "process.roles": "broker,controller",
        "node.id": NODE,
        "listeners": f"{protocol}://{listen},CONTROLLER://{controller}",
        "advertised.listeners": f"{protocol}://{advertised}",
        "listener.security.protocol.map": f"{protocol}:{protocol},CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"{NODE}@{controller}",
        **_ONE_NODE,
        **_FOR_TESTS,
    }


_ONE_NODE = {
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "auto.create.topics.enable": "false",
    "message.max.bytes": "8388608",
    "replica.fetch.max.bytes": "8388608",
}

# Short waits where production has long ones, so that faults are met in seconds. A killed node may come
# back only after its old session has ended. The cleaner's default buffer is a quarter of this heap.
_FOR_TESTS = {
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "1000",
    "log.cleaner.dedupe.buffer.size": "33554432",
    "log.cleaner.backoff.ms": "1000",
}
