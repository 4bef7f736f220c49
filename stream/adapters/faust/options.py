"""How one worker of the ledger runs."""

from msgspec import Struct

from stream.adapters.kafka import Connection
from stream.core.topics import TopicNames


class Options(Struct, frozen=True, kw_only=True):
    """How one worker runs.

    Attributes:
        connection: the cluster.
        names: its topics.
        group: the consumer group, and Faust's name of the application.
        partitions: how many every topic has.
        host: the address its views listen on.
        port: and the port.
        advertised: `host:port` under which the other workers reach it.
        refresh: seconds between two censuses, at least.
        session: seconds without a sign of life until another worker takes over.
        drain: seconds that the last writes may take before the worker gives its partitions away.
    """

    connection: Connection
    names: TopicNames
    group: str
    partitions: int
    host: str = "127.0.0.1"
    port: int = 6_066
    advertised: str = "127.0.0.1:6066"
    refresh: float = 5.0
    session: float = 10.0
    drain: float = 10.0
